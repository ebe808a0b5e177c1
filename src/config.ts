import { z } from "zod";
import { UserError } from "./errors.ts";

/** One setting: where its value comes from, what it is without one, and what an operator is told about it. */
type Setting<T> = { schema: z.ZodType<T, string | undefined>; help: string; example: string };

const text = z.string().trim();
const empty = (value: string | undefined) => (value === undefined || value.trim() === "" ? undefined : value.trim());
const optional = <T>(schema: z.ZodType<T, string>) =>
  z.preprocess((value) => empty(value as string | undefined), schema.optional()) as unknown as z.ZodType<
    T | undefined,
    string | undefined
  >;
const withDefault = <T>(schema: z.ZodType<T, string>, fallback: string) =>
  z.preprocess((value) => empty(value as string | undefined) ?? fallback, schema) as unknown as z.ZodType<
    T,
    string | undefined
  >;

const wholeNumber = (min: number, max: number) =>
  text
    .regex(/^\d+$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((n) => n >= min && n <= max, `must be from ${min} to ${max}`);

const httpUrl = text
  .refine(
    (value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol),
    "must start with http:// or https://",
  )
  .transform((value) => value.replace(/\/+$/, ""));

const truth = text
  .refine((value) => /^(true|false|1|0|yes|no)$/i.test(value), "must be true or false")
  .transform((value) => /^(true|1|yes)$/i.test(value));

const ids = text
  .refine(
    (value) => value === "" || value.split(",").every((id) => /^\s*\d{1,15}\s*$/.test(id)),
    "must be user ids separated by commas, as /id tells them",
  )
  .transform((value) => (value === "" ? [] : value.split(",").map(Number)));

const hosts = text
  .refine(
    (value) => /^$|^\s*[\w.:[\]-]+\s*(?:,\s*[\w.:[\]-]+\s*)*$/.test(value),
    "must be names or addresses separated by commas, such as wiki.internal,10.0.0.5:8080",
  )
  .transform((value) =>
    value
      .toLowerCase()
      .split(",")
      .map(bareHost)
      .filter((host) => host !== ""),
  );

const zone = text.refine(isZone, "must be an IANA time zone such as Asia/Shanghai");

/** Every setting there is; the README's table and .env.example are held to this. */
export const settings = {
  BOT_TOKEN: {
    schema: optional(text.regex(/^\d+:[\w-]{3,}$/, "must look like 123456:ABC-def, as @BotFather gives it")),
    help: "The bot's token from @BotFather. Without it the playground runs.",
    example: "123456:ABC-def",
  },
  BOT_INFO: {
    schema: optional(text.startsWith("{", "must be what getMe tells, as JSON")),
    help: "On Cloudflare: what getMe tells of the bot, as JSON, set when it is deployed. Elsewhere the bot asks.",
    example: '{"id":123456,"is_bot":true,"first_name":"News","username":"news_bot"}',
  },
  TELEGRAM_API_ROOT: {
    schema: withDefault(httpUrl, "https://api.telegram.org"),
    help: "Where the Bot API is: another address for a Bot API server of your own.",
    example: "http://127.0.0.1:8081",
  },
  PUBLIC_URL: {
    schema: optional(
      httpUrl.refine(
        isReachable,
        "must start with https://: Telegram delivers to nothing else (http:// only to this machine)",
      ),
    ),
    help: "Where Telegram reaches this server. Set: webhook. Not set: long polling.",
    example: "https://news.example.org",
  },
  WEBHOOK_SECRET: {
    schema: optional(text.regex(/^[\w-]{16,256}$/, "must be 16 to 256 characters of A-Z a-z 0-9 _ -")),
    help: "What Telegram sends along with each update. Made and remembered when not set.",
    example: "change-me-to-32-random-characters",
  },
  ADMIN_IDS: {
    schema: withDefault(ids, ""),
    help: "User ids of the owners, separated by commas; /id tells one's own.",
    example: "11111,22222",
  },
  DATABASE_PATH: {
    schema: withDefault(text, "data/tidings.db"),
    help: "The SQLite file of a live bot. The playground always has its own, data/playground.db.",
    example: "/srv/tidings/tidings.db",
  },
  HOST: {
    schema: withDefault(text, "127.0.0.1"),
    help: "Address to listen on; the playground stays on 127.0.0.1.",
    example: "0.0.0.0",
  },
  PORT: {
    schema: withDefault(wholeNumber(0, 65_535), "3000"),
    help: "Port to listen on; 0 takes a free one.",
    example: "8080",
  },
  DEFAULT_LANGUAGE: {
    schema: withDefault(z.enum(["zh", "en"], "must be zh or en"), "zh"),
    help: "Language for people whose Telegram does not say, and for groups: zh or en.",
    example: "en",
  },
  DEFAULT_TIMEZONE: {
    schema: withDefault(zone, "Asia/Shanghai"),
    help: "Time zone of readers who have not said theirs, and of pages that name none.",
    example: "Europe/London",
  },
  SEND_RATE: {
    schema: withDefault(wholeNumber(1, 1_000), "30"),
    help: "Deliveries a second. Telegram allows 30, or 1000 with PAID_BROADCAST.",
    example: "25",
  },
  PAID_BROADCAST: {
    schema: withDefault(truth, "false"),
    help: "Pay Telegram for deliveries above 30 a second (allow_paid_broadcast): true or false.",
    example: "true",
  },
  COUNT_CLICKS: {
    schema: withDefault(truth, "true"),
    help: "Links in digests, alerts and breaking items go through PUBLIC_URL, so that clicks are counted (not whose): true or false.",
    example: "false",
  },
  NIGHT_HOURS: {
    schema: withDefault(
      text.regex(/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/, "must look like 23:00-07:00"),
      "23:00-07:00",
    ),
    help: "When breaking items wait for a reader's morning unless they chose otherwise; the same hour twice: never.",
    example: "22:30-06:30",
  },
  BREAKING_FAMILIES: {
    schema: withDefault(wholeNumber(2, 100), "4"),
    help: "Independent outlets that must tell a story within BREAKING_MINUTES before editors are asked to send it.",
    example: "6",
  },
  BREAKING_MINUTES: {
    schema: withDefault(wholeNumber(1, 1_440), "20"),
    help: "Minutes within which BREAKING_FAMILIES outlets make a story one to ask editors about.",
    example: "30",
  },
  SOURCE_HOSTS: {
    schema: withDefault(hosts, ""),
    help: "Hosts inside your own network that sources may be on, separated by commas; all others inside are refused.",
    example: "wiki.internal,10.0.0.5:8080",
  },
  HTTPS_PROXY: {
    schema: optional(httpUrl),
    help: "A proxy through which Telegram and all sources are reached.",
    example: "http://proxy.example.org:3128",
  },
  NO_PROXY: {
    schema: optional(text),
    help: "Hosts that are reached without the proxy, separated by commas.",
    example: "localhost,.internal.example.org",
  },
  RETENTION_DAYS: {
    schema: withDefault(wholeNumber(0, 36_500), "0"),
    help: "Days for which articles and settled deliveries are kept; 0 keeps them for ever.",
    example: "400",
  },
  LOG_LEVEL: {
    schema: withDefault(
      z.enum(
        ["fatal", "error", "warn", "info", "debug", "trace", "silent"],
        "must be fatal, error, warn, info, debug, trace or silent",
      ),
      "info",
    ),
    help: "How much is written to standard error (JSON lines; readable ones on a terminal): fatal, error, warn, info, debug, trace or silent.",
    example: "debug",
  },
} satisfies Record<string, Setting<unknown>>;

export type Config = { [Name in keyof typeof settings]: z.output<(typeof settings)[Name]["schema"]> };

/** Reads all settings at once; every wrong one is named, with what it should be. */
export function readConfig(env: Record<string, string | undefined>): Config {
  const wrong: string[] = [];
  const entries = Object.entries(settings).map(([name, setting]) => {
    const result = setting.schema.safeParse(env[name]);
    if (!result.success) wrong.push(`  ${name}: ${result.error.issues[0]?.message ?? "is not valid"}`);
    return [name, result.data];
  });
  if (wrong.length > 0) throw new UserError(`These settings need mending (environment or .env):\n${wrong.join("\n")}`);
  return Object.fromEntries(entries) as Config;
}

/** "[::1]" is written with brackets in addresses and compared without. */
function bareHost(host: string): string {
  return host.trim().replace(/^\[|\]$/g, "");
}

/** Telegram's own servers take https alone; a Bot API server on this machine takes http to it as well. */
function isReachable(value: string): boolean {
  return /^https:|^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:|\/|$)/.test(value);
}

function isZone(value: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: value });
    return true;
  } catch {
    return false;
  }
}
