import { measureRelatedQuality } from "./quality/related.ts";
import { measureSearchQuality } from "./quality/search.ts";

/**
 * `npm run bench -- quality --data <folder> [search|related]`: how good search and stories are on a folder of judged
 * material, with the references measured in the same run.
 */
export async function run(args: string[]): Promise<void> {
  const at = args.indexOf("--data");
  const data = at < 0 ? undefined : args[at + 1];
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  if (data === undefined) {
    process.stderr.write("usage: npm run bench -- quality --data <folder> [search|related]\n");
    process.exitCode = 2;
    return;
  }
  const only = args.find((arg) => arg === "search" || arg === "related");
  if (only !== "related") await measureSearchQuality(data, print);
  if (only !== "search") await measureRelatedQuality(data, print);
}
