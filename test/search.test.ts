import { searchCases } from "./cases/search.ts";
import { openStore } from "./support/store.ts";

searchCases("better-sqlite3", openStore);
