import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** `npm run bench -- <name> [arguments]` runs test/bench/<name>.ts; without a name it tells which there are. */
const [name = "", ...args] = process.argv.slice(2);
const module = /^[a-z-]+$/.test(name) ? await import(join(import.meta.dirname, `${name}.ts`)).catch(unknownName) : null;
if (typeof module?.run === "function") await module.run(args);
else {
  const names = readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith(".ts") && isBench(readFileSync(join(import.meta.dirname, file), "utf8")))
    .map((file) => file.replace(/\.ts$/, ""));
  process.stderr.write(`usage: npm run bench -- <name>; there are: ${names.join(", ")}\n`);
  process.exitCode = 2;
}

/** Others are parts of benches. */
function isBench(text: string): boolean {
  return /^export (async )?function run\b/m.test(text);
}

function unknownName(error: { code?: string }): null {
  if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
  return null;
}
