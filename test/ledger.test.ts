import { ledgerCases } from "./cases/ledger.ts";
import { openStore } from "./support/store.ts";

ledgerCases("SQLite", openStore);
