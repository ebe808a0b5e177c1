import { measureUnits } from "./cost/measure.ts";
import { type Bill, billOf, usage } from "./cost/price.ts";
import type { Units } from "./cost/units.ts";

const simulated = [100, 10_000, 50_000, 1e6, 100e6];

/** `npm run bench -- cost`: counts what events take on a local D1, and what a month costs. `--json` prints the counts. */
export async function run(args: string[]): Promise<void> {
  const units = await measureUnits();
  if (args.includes("--json")) return print(JSON.stringify(units, null, 2));
  tellUnits(units);
  print(`\na month with ${usage.digestsPerDay} digest and ${usage.updatesPerDay} updates a reader a day, and`);
  print(
    `${usage.articlesPerDay} articles a day from ${usage.sources} sources that are read ${usage.readsPerDay} times;`,
  );
  print(`${usage.alertsPerReader} alerts a reader, which tell ${usage.alertsPerDay} times a day;`);
  print(`everything is kept ${usage.keptDays} days:`);
  for (const subscribers of simulated) tellBill(billOf(subscribers, units));
}

function tellUnits(units: Units): void {
  print("each               invocations  subrequests  rows read  rows written  messages  object  cpu ms");
  const { minute, article, read, update, alert, slow, fast } = units;
  const all = { minute, article, "source read": read, update, alert, "digest at 30/s": slow, "at 1,000/s": fast };
  for (const [name, unit] of Object.entries(all)) {
    const { invocations, subrequests, rowsRead, rowsWritten, messages, objectRequests, cpuMs } = unit;
    const numbers = [invocations, subrequests, rowsRead, rowsWritten, messages, objectRequests, cpuMs];
    const widths = [13, 13, 11, 14, 10, 8, 8];
    print(`${name.padEnd(17)}${numbers.map((n, i) => n.toFixed(2).padStart(widths[i]!)).join("")}`);
  }
  const { article: a, subscriber, delivery } = units.bytes;
  print(`bytes: an article ${a}, a subscriber ${subscriber}, a delivery ${delivery}`);
}

function tellBill(bill: Bill): void {
  const n = (value: number) => Math.round(value).toLocaleString("en");
  print(`\n${n(bill.subscribers)} subscribers: ${bill.dollars.toFixed(2)} USD a month`);
  print(`  invocations ${n(bill.invocations)}, subrequests ${n(bill.subrequests)}, CPU ${n(bill.cpuMs / 1000)} s`);
  print(`  D1 rows read ${n(bill.rowsRead)}, written ${n(bill.rowsWritten)}; ${bill.storageGb.toFixed(2)} GB in`);
  print(`  ${bill.databases} database(s); queue operations ${n(bill.queueOperations)}`);
  print(`  gate's object: ${n(bill.objectRequests)} requests, ${n(bill.objectSeconds)} s`);
  print(
    `  a day's digests take ${bill.sendingHours.toFixed(1)} hours of sending${bill.sendingHours > 24 ? ": more than a day has; this needs several bots" : ""}`,
  );
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
