import { storeCases } from "../cases/store.ts";
import { openStore } from "../support/store.ts";

storeCases("D1", openStore);
