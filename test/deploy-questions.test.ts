import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough, Writable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createQuestions, stoppedLine } from "../src/cli/deploying/ask.ts";
import { uploadWorker } from "../src/cli/deploying/steps.ts";
import { createWrangler } from "../src/cli/deploying/wrangler.ts";
import { exportStore } from "../src/cli/moving/export.ts";
import { openSqlite } from "../src/store/sqlite.ts";
import { type Deploying, now, openDeploying, root } from "./support/deploying.ts";
import { token } from "./support/host.ts";

const slowMs = 90_000;
const enter = "\r";
const down = "\u001b[B";
const ctrlC = "\u0003";
const wrong = "78:NOT-THE-TOKEN-OF-ANYBODY-AT-ALL-0000";

const login = /Log in to Cloudflare/;
const account = /Which account\?/;
const asksToken = /The bot's token, from @BotFather/;
const keep = /Keep the token in \.env for the next time\?/;
const store = /A store to bring along/;

/** A person at a terminal: waits for each question in turn, and types what they answer. */
function personWho(answers: readonly (readonly [RegExp, string])[]) {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input });
  const left = [...answers];
  const output = new Writable({
    write(chunk: Buffer, _, done) {
      const frame = stripVTControlCharacters(chunk.toString());
      const [next] = left;
      // A question that waits, or refuses an answer; one that is answered is drawn once more.
      if (/[◆▲]/.test(frame) && next?.[0].test(frame)) {
        left.shift();
        setTimeout(() => input.write(next[1]), 10);
      }
      done();
    },
  });
  return { questions: createQuestions({ input, output: Object.assign(output, { columns: 80, isTTY: true }) }), left };
}

describe("npm run deploy, asking", { timeout: slowMs }, () => {
  let world: Deploying;
  beforeEach(async () => {
    world = await openDeploying();
    world.env.BOT_TOKEN = "";
    const accounts = ["a1", "b2"].map((id) => ({ id, name: `News ${id}` }));
    world.cloudflare({ loggedOut: true, accounts });
  });
  afterEach(() => world.close());

  const envFile = () => join(world.home.path, ".env");
  const made = () => world.words().filter((command) => /create|apply|deploy/.test(command));
  async function answer(...answers: [RegExp, string][]): Promise<string> {
    const person = personWho(answers);
    // Each run is a process of its own.
    delete world.env["CLOUDFLARE_ACCOUNT_ID"];
    const url = await world.run({}, person.questions);
    expect(person.left).toEqual([]);
    return url;
  }

  it("stopped at any question says so and leaves nothing half done; the next run asks only for what is missing", async () => {
    await expect(answer([login, ctrlC])).rejects.toThrow(stoppedLine);
    await expect(answer([login, "n"])).rejects.toThrow("Nobody is logged in at Cloudflare: run npx wrangler login");
    expect(world.words()).not.toContain("login");
    await expect(answer([login, "y"], [account, ctrlC])).rejects.toThrow(stoppedLine);
    await expect(answer([account, down + enter], [asksToken, ctrlC])).rejects.toThrow(stoppedLine);
    // What does not look like a token is not even asked about; what Telegram does not know is not kept.
    const tokens: [RegExp, string][] = [
      [asksToken, `not a token${enter}`],
      [/It looks like 123456:ABC-def/, `\u0015${wrong}${enter}`],
    ];
    await expect(answer([account, down + enter], ...tokens, [asksToken, ctrlC])).rejects.toThrow(stoppedLine);
    expect(world.said).toContain(
      "Telegram does not know this BOT_TOKEN. Copy it again from @BotFather (/mybots, API Token).",
    );
    await expect(answer([account, down + enter], [asksToken, token + enter], [keep, ctrlC])).rejects.toThrow(
      stoppedLine,
    );
    expect(existsSync(envFile())).toBe(false);
    expect(existsSync(join(world.home.path, "wrangler.deploy.json"))).toBe(false);
    expect(made()).toEqual([]);

    writeFileSync(envFile(), "DEFAULT_LANGUAGE=en");
    const asked: [RegExp, string][] = [
      [account, down + enter],
      [asksToken, token + enter],
      [keep, "y"],
    ];
    await expect(answer(...asked, [store, ctrlC])).rejects.toThrow(stoppedLine);
    expect(readFileSync(envFile(), "utf8")).toBe(`DEFAULT_LANGUAGE=en\nBOT_TOKEN=${token}\n`);
    expect(made()).toEqual([
      ...["d1 create tidings", "queues create tidings-jobs", "queues create tidings-dead"],
      "d1 migrations apply DB --remote --config --env",
    ]);
    expect((await world.webhook()).url).toBe("");

    // The account is known by now, and the token stands in .env.
    const before = world.words().length;
    world.env["BOT_TOKEN"] = token;
    const file = join(world.home.path, "store.tidings.gz");
    const own = openSqlite(":memory:");
    await exportStore(own.db, file, { now: () => now, move: false });
    own.close();
    const url = await answer([store, `nowhere.gz${enter}`], [/There is no file nowhere\.gz/, `\u0015${file}${enter}`]);
    expect(
      world
        .words()
        .slice(before)
        .filter((command) => command.includes("create")),
    ).toEqual([]);
    expect(world.config().account_id).toBe("b2");
    expect((await world.webhook()).url).toBe(`${url}/telegram`);
    expect(world.said.at(-1)).toMatch(/https:\/\/t\.me\/\w+\?start=own_/);
  });

  it("stopped in the middle of a step, it ends that, says so, and leaves no secret behind", async () => {
    world.cloudflare({ loggedOut: false, accounts: [{ id: "a1", name: "News" }], hanging: "d1 list" });
    const env = { ...world.env, BOT_TOKEN: token } as NodeJS.ProcessEnv;
    const child = spawn(process.execPath, [join(root, "src/cli.ts"), "deploy", "--yes"], { cwd: world.home.path, env });
    let told = "";
    child.stderr.on("data", (chunk: Buffer) => {
      told += chunk;
    });
    const reached = (step: string) => expect.poll(world.words, { timeout: slowMs / 2 }).toContain(step);
    await reached("d1 list --json");
    child.kill("SIGINT");
    const [code] = await once(child, "exit");
    expect({ code, told }).toEqual({ code: 1, told: `${stoppedLine}\n` });

    world.cloudflare({ hanging: "deploy" });
    const stopping = new AbortController();
    const parts = { folder: world.home.path, env: world.env, dryRun: false, say: () => {}, signal: stopping.signal };
    const uploading = uploadWorker(createWrangler(parts), [], { BOT_TOKEN: token });
    await reached("deploy --secrets-file");
    stopping.abort();
    await expect(uploading).rejects.toThrow("wrangler deploy");
    expect(existsSync(world.asked().at(-1)!.args.at(-1)!)).toBe(false);
  });
});
