/** The one error whose message a person sees: it says what is wrong and how to mend it. */
export class UserError extends Error {
  override name = "UserError";
}

/** A problem's text for a log or a person: never a stack, never an object, never a bot token. */
export function describeError(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return withoutSecrets(text);
}

/** A bot's token is part of every Bot API address: it is taken out of whatever may be read by others. */
export function withoutSecrets(text: string): string {
  return text.replace(/\b\d{3,20}:[\w-]{20,}/g, "<token>").replace(/\/bot\d+:[\w-]+/g, "/bot<token>");
}
