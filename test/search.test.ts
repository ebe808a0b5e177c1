import { searchCases } from "./cases/search.ts";
import { openNodeStore } from "./support/store.ts";

searchCases("better-sqlite3", openNodeStore);
