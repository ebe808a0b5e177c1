import { afterAll, describe, expect, it } from "vitest";
import { nodeOnly, skipped, testFiles, testFilesOfBoth } from "./worker/files.ts";
import { startInside } from "./worker/start.ts";

/** A database in workerd answers in milliseconds where a file answers in microseconds. */
const caseMs = 90_000;

const inside = await startInside();
afterAll(() => inside.close(), caseMs);

const all = testFiles(import.meta.dirname);
const both = testFilesOfBoth(import.meta.dirname);
const left = inside.cases.filter(({ file, name }) => skipped[`${file} > ${name}`] !== undefined).length;
const counts = `${inside.cases.length} cases, those of Node, ${left} of them left out with a reason`;

describe(`what is run in workerd: ${counts}`, () => {
  it("is every test file, but for those of Node alone, of which it is said why", () => {
    expect(Object.keys(nodeOnly).filter((name) => !all.includes(name))).toEqual([]);
    expect(both.filter((name) => !inside.cases.some((each) => each.file === name))).toEqual([]);
  });

  it("leaves out no case that does not exist", () => {
    const names = inside.cases.map(({ file, name }) => `${file} > ${name}`);
    expect(Object.keys(skipped).filter((each) => !names.includes(each))).toEqual([]);
  });
});

for (const [n, { file, name, concurrent }] of inside.cases.entries()) {
  const reason = skipped[`${file} > ${name}`];
  const title = `in workerd: ${file} > ${name}`;
  if (reason === undefined) (concurrent ? it.concurrent : it)(title, () => inside.run(n), caseMs);
  else it.skip(`${title} (${reason})`, () => {});
}
