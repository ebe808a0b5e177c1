import { programCases, programToken } from "./cases/program.ts";
import { openTelegram } from "./support/host.ts";
import { openWorker } from "./worker/program.ts";

programCases("workerd", async () => openWorker(await openTelegram({ token: programToken })));
