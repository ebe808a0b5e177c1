import { describe } from "vitest";
import { readersCases } from "./cases/readers.ts";
import { openStore } from "./support/store.ts";

describe("readers in SQLite", () => readersCases(openStore));
