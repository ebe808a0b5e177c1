import { refuse } from "./rules.ts";

/** A file that came with a multipart request. */
export type Upload = { name: string; mime: string; bytes: Uint8Array };

/** A call's parameters: typed values from JSON, strings from a form or a query, files from a form. */
export type Params = Record<string, unknown>;

/** A string, numbers and booleans turned into one, as Telegram's server does; undefined when absent. */
export function text(params: Params, name: string): string | undefined {
  const value = params[name];
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return undefined;
}

/** A whole number, also from its digits; undefined when absent or anything else. */
export function integer(params: Params, name: string): number | undefined {
  const value = params[name];
  if (typeof value === "number") return Number.isSafeInteger(value) ? value : undefined;
  if (typeof value === "string" && /^-?\d{1,15}$/.test(value.trim())) return Number(value);
  return undefined;
}

/** True for true, 1, "true", "yes", "y", "t" and "1". */
export function flag(params: Params, name: string): boolean {
  const value = params[name];
  if (value === true || value === 1) return true;
  return typeof value === "string" && /^(true|yes|y|t|1)$/i.test(value.trim());
}

/** An object or array, also from its JSON text. Throws `rule` when the text is not JSON. */
export function json(params: Params, name: string, rule: Parameters<typeof refuse>[0] = "body-not-json"): unknown {
  const value = params[name];
  if (typeof value !== "string") return value ?? undefined;
  if (value.trim() === "") return undefined;
  try {
    return JSON.parse(value);
  } catch {
    throw refuse(rule);
  }
}

/** A plain object or undefined. */
export function object(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

export function isUpload(value: unknown): value is Upload {
  return typeof value === "object" && value !== null && (value as Upload).bytes instanceof Uint8Array;
}
