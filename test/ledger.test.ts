import { ledgerCases } from "./cases/ledger.ts";
import { openNodeStore } from "./support/store.ts";

ledgerCases("SQLite", openNodeStore);
