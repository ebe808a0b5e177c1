import { GrammyError, HttpError } from "grammy";
import { describeError, withoutSecrets } from "../errors.ts";

/** A refusal without a number of seconds (no known server leaves it out). */
const waitSecondsDefault = 5;

/**
 * What a failed call leads to. Everything but `unknown` is certain not to have been delivered.
 *
 * - `rest`: the chat cannot be reached now (blocked, kicked, not known): stop until it returns.
 * - `gone`: it never returns (account deleted, group deleted, a bot).
 * - `migrate`: the group has another id now: rewrite it, send once more.
 * - `no-topic`, `topic-closed`, `no-rights`: the place refuses; whoever set it up must hear of it.
 * - `wait`: too many; so many seconds.
 * - `plain-text`: the markup cannot be parsed: once more without it.
 * - `split`: too much of something for one message.
 * - `unchanged`: an edit that changes nothing: as good as done.
 * - `not-there`: the message to edit, delete or answer, the button press or the member asked about is gone.
 * - `retry`: it never arrived, or Telegram says to come again.
 * - `unknown`: it may have arrived; a person decides.
 * - `token`: the token is wrong or revoked: stop all work.
 * - `conflict`: another copy polls, or a webhook is set.
 * - `bug`: our own mistake; sending it again changes nothing.
 */
export type Step =
  | { step: "rest" | "gone" | "no-topic" | "topic-closed" | "no-rights"; reason: string }
  | { step: "migrate"; chatId: number; reason: string }
  | { step: "wait"; seconds: number; reason: string }
  | { step: "plain-text" | "split" | "unchanged" | "not-there" | "retry" | "unknown"; reason: string }
  | { step: "token" | "conflict" | "bug"; reason: string };

/** The step that Telegram's refusal, or a network's failure, leads to. The reason is fit for a log: it holds no token. */
export function stepOf(error: unknown): Step {
  if (error instanceof GrammyError) return stepOfAnswer(error);
  if (error instanceof HttpError) return stepOfFailure(error.error);
  return { step: "bug", reason: describeError(error) };
}

type Answer = Pick<GrammyError, "error_code" | "description" | "parameters">;

function stepOfAnswer({ error_code: code, description, parameters }: Answer): Step {
  const reason = withoutSecrets(description);
  if (parameters.migrate_to_chat_id !== undefined) {
    return { step: "migrate", chatId: parameters.migrate_to_chat_id, reason };
  }
  if (code === 429 || parameters.retry_after !== undefined) {
    return { step: "wait", seconds: parameters.retry_after ?? waitSecondsDefault, reason };
  }
  if (code === 401 || (code === 404 && !/method not found/i.test(description))) return { step: "token", reason };
  if (code === 409) return { step: "conflict", reason };
  if (code >= 500) return { step: stepOfServerTrouble(code, description), reason };
  const words = description.replace(/^(?:\[Error\]:\s*)?(?:Bad Request|Forbidden):\s*/i, "");
  const found = [...(code === 403 ? forbidden : []), ...refusals].find(([, pattern]) => pattern.test(words));
  // An unknown 403 still says that this chat does not want us; an unknown 400 says that we asked for the wrong thing.
  return { step: found?.[0] ?? (code === 403 ? "rest" : "bug"), reason };
}

/** The gateway before the Bot API may have passed the call on; the Bot API's own answers say that it did not. */
function stepOfServerTrouble(code: number, description: string): "retry" | "unknown" | "bug" {
  if (code > 500) return "unknown";
  return /immediately deleted/i.test(description) ? "bug" : "retry";
}

type PlainStep = Exclude<Step, { chatId: number } | { seconds: number }>["step"];

const forbidden: readonly (readonly [PlainStep, RegExp])[] = [
  ["gone", /^user is deactivated|^(?:the )?(?:bot can't send messages to (?:the )?bots?|group chat was deleted)/i],
  ["rest", /blocked by the user|can't initiate conversation|was kicked|is not a member|restricted/i],
];

/** Telegram's words after "Bad Request: "; codes in capitals are the network's own. */
const refusals: readonly (readonly [PlainStep, RegExp])[] = [
  [
    "rest",
    /^(?:private )?chat not found|^user not found|(?:PEER_ID|CHANNEL|CHAT_ID)_INVALID|USER_IS_BLOCKED|CHANNEL_PRIVATE/i,
  ],
  ["gone", /INPUT_USER_DEACTIVATED|USER_DEACTIVATED|USER_IS_BOT|CHAT_(?:DEACTIVATED|DELETED)/i],
  ["topic-closed", /TOPIC_CLOSED/i],
  ["no-topic", /message thread not found|TOPIC_(?:DELETED|ID_INVALID)/i],
  [
    "no-rights",
    /not enough rights|need administrator rights|have no (?:write access|rights)|CHAT_(?:WRITE_FORBIDDEN|RESTRICTED|ADMIN_REQUIRED|SEND_\w+_FORBIDDEN)/i,
  ],
  ["unchanged", /message is not modified/i],
  ["split", /(?:message|text|caption|entities|reply markup)(?: is)? too long|_TOO_LONG|too many entities/i],
  ["plain-text", /can't parse entities|ENTITY_\w*INVALID|ENTITY_BOUNDS_INVALID/i],
  [
    "not-there",
    /message to (?:be )?(?:edit|delete|forward|copy|pin|reply|replied) not found|message can't be (?:edited|deleted)|member not found|query is too old|query ID is invalid|MESSAGE_ID_INVALID/i,
  ],
];

/** node-fetch's `code`, undici's `cause.code`: the request was certainly not written yet. */
const neverLeft = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ENETUNREACH",
  "EHOSTUNREACH",
  "EADDRNOTAVAIL",
  "UND_ERR_CONNECT_TIMEOUT",
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);

/** A timeout, a reset, a body that is no JSON (a gateway's HTML page): the message may have arrived. */
function stepOfFailure(inner: unknown): Step {
  const reason = describeError(inner);
  const code = codeOf(inner) ?? codeOf((inner as { cause?: unknown } | null)?.cause);
  return { step: code !== undefined && neverLeft.has(code) ? "retry" : "unknown", reason };
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === "string" ? code : undefined;
}
