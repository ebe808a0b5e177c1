import {
  ASYMMETRIC_MATCHERS_OBJECT,
  chai,
  customMatchers,
  GLOBAL_EXPECT,
  getState,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} from "@vitest/expect";

/** How often a poll looks, and how long. */
const pollEveryMs = 20;
const pollMs = 8_000;

/** One case as it was told: its describes and its own name, and what to do. */
export type Case = { file: string; name: string; concurrent: boolean; run(): Promise<void> };

type Hook = () => unknown;
type Suite = { name: string; parent: Suite | null; before: Hook[]; after: Hook[]; beforeAll: Hook[]; afterAll: Hook[] };

/**
 * All cases that were told to `describe` and `it`, in order: as many as on Node, since there is no way here to skip one
 * (a file that does is not loaded). What is left out stands in files.ts.
 */
export const cases: Case[] = [];
const begun = new Set<Suite>();
let current: Suite = suite("", null);
let currentFile = "";

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);

const assert = ((value: unknown, message?: string) => {
  setState({ assertionCalls: 0 }, assert as never);
  return chai.expect(value, message);
}) as unknown as typeof import("vitest").expect;
Object.assign(assert, chai.expect, (globalThis as never)[ASYMMETRIC_MATCHERS_OBJECT]);
Object.assign(assert, {
  getState: () => getState(assert as never),
  setState: (state: never) => setState(state, assert as never),
  extend: (matchers: object) =>
    (chai.expect as never as { extend(of: unknown, more: object): void }).extend(assert, matchers),
  poll: (look: () => unknown) => polled(look),
});
Object.defineProperty(globalThis, GLOBAL_EXPECT, { value: assert, configurable: true });
setState({ assertionCalls: 0, isExpectingAssertions: false } as never, assert as never);
(assert as never as { extend(matchers: object): void }).extend(customMatchers);

export const expect = assert;
export const it = Object.assign(told(false), { concurrent: told(true) });
export const test = it;
export const describe = Object.assign(group, {
  each:
    (rows: readonly unknown[]) =>
    (name: string, body: (...row: never[]) => void): void => {
      for (const [at, row] of rows.entries()) group(titled(name, row, at), () => body(...(listed(row) as never[])));
    },
});

export const beforeEach = (hook: Hook): void => void current.before.push(hook);
export const afterEach = (hook: Hook): void => void current.after.unshift(hook);
export const beforeAll = (hook: Hook): void => void current.beforeAll.push(hook);
export const afterAll = (hook: Hook): void => void current.afterAll.push(hook);

/** Names the file whose cases come next. */
export function file(name: string): void {
  currentFile = name;
  current = suite("", null);
}

function suite(name: string, parent: Suite | null): Suite {
  return { name, parent, before: [], after: [], beforeAll: [], afterAll: [] };
}

function group(name: string, body: () => void): void {
  const outer = current;
  current = suite(name, outer);
  try {
    body();
  } finally {
    current = outer;
  }
}

function told(concurrent: boolean) {
  const tell = (name: string, run: () => unknown): void => {
    const own = current;
    const path: Suite[] = [];
    for (let at: Suite | null = own; at !== null; at = at.parent) path.unshift(at);
    const names = [...path.map((each) => each.name).filter(Boolean), name];
    cases.push({ file: currentFile, name: names.join(" > "), concurrent, run: () => runIn(path, run) });
  };
  const each =
    (rows: readonly unknown[]) =>
    (name: string, run: (...row: never[]) => unknown): void => {
      for (const [at, row] of rows.entries()) tell(titled(name, row, at), () => run(...(listed(row) as never[])));
    };
  return Object.assign(tell, { each });
}

async function runIn(path: readonly Suite[], run: () => unknown): Promise<void> {
  for (const each of path) {
    if (begun.has(each)) continue;
    begun.add(each);
    for (const hook of each.beforeAll) await hook();
  }
  try {
    for (const each of path) for (const hook of each.before) await hook();
    await run();
  } finally {
    for (const each of path.toReversed()) for (const hook of each.after) await hook();
  }
}

function listed(row: unknown): unknown[] {
  return Array.isArray(row) ? row : [row];
}

/** vitest's own way with %s, %i, %j, %# and $name. */
function titled(name: string, row: unknown, at: number): string {
  const values = listed(row);
  let next = 0;
  return name
    .replace(/%#/g, String(at))
    .replace(/%[sdifjo]/g, (mark) =>
      mark === "%j" || mark === "%o" ? JSON.stringify(values[next++]) : String(values[next++]),
    )
    .replace(/\$([\w.]+)/g, (whole, path: string) => {
      const value = path.split(".").reduce<unknown>((from, key) => (from as Record<string, unknown>)?.[key], row);
      return value === undefined ? whole : String(value);
    });
}

/** `expect.poll(look).toBe(…)`: asks again until it holds. */
function polled(look: () => unknown): unknown {
  return new Proxy(
    {},
    {
      get:
        (_, matcher: string) =>
        async (...asked: unknown[]) => {
          for (let left = pollMs; ; left -= pollEveryMs) {
            try {
              return (assert(await look()) as never as Record<string, (...asked: unknown[]) => void>)[matcher]!(
                ...asked,
              );
            } catch (error) {
              if (left <= 0) throw error;
              await new Promise((resolve) => setTimeout(resolve, pollEveryMs));
            }
          }
        },
    },
  );
}
