import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { unstable_readConfig } from "wrangler";

const config = join(import.meta.dirname, "../wrangler.toml");
/** What differs between two bots: names. */
const nameless = (value: object) => JSON.parse(JSON.stringify(value).replaceAll("tidings-staging", "tidings"));

describe("wrangler.toml", () => {
  afterEach(() => vi.restoreAllMocks());

  it("says of staging all that it says of production, as wrangler reads it, and nothing that wrangler does not know", () => {
    const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const [production, staging] = [{ config }, { config, env: "staging" }].map((asked) => unstable_readConfig(asked));
    expect(warned.mock.calls).toEqual([]);
    const parts = (of: NonNullable<typeof production>) => ({
      ...{ d1: of.d1_databases, queues: of.queues, objects: of.durable_objects, migrations: of.migrations },
      ...{ triggers: of.triggers, observability: of.observability, limits: of.limits, placement: of.placement },
      ...{ main: of.main, date: of.compatibility_date, keep: of.keep_vars, dev: of.workers_dev, vars: of.vars },
    });
    const told = parts(production!);
    expect(nameless(parts(staging!))).toEqual(nameless(told));
    expect(JSON.stringify(parts(staging!))).not.toMatch(/"tidings(-jobs|-dead)?"/);
    expect(told).toMatchObject({
      ...{ observability: { enabled: true }, triggers: { crons: ["* * * * *"] } },
      queues: { consumers: [{ queue: "tidings-jobs", dead_letter_queue: "tidings-dead" }, { queue: "tidings-dead" }] },
    });
  });
});
