import { describe } from "vitest";
import { readersCases } from "./cases/readers.ts";
import { openNodeStore } from "./support/store.ts";

describe("readers in SQLite", () => readersCases(openNodeStore));
