import type { Phrase } from "../news/grams.ts";

/** What an index is asked. */
export type Expression =
  | { kind: "phrase"; phrase: Phrase }
  | { kind: "and" | "or"; parts: readonly Expression[] }
  | { kind: "without"; from: Expression; drop: Expression }
  | { kind: "every" }
  | { kind: "nothing" };

export function phraseOf(phrase: Phrase): Expression {
  return { kind: "phrase", phrase };
}

export function allOf(parts: readonly Expression[]): Expression {
  if (parts.some((part) => part.kind === "nothing")) return { kind: "nothing" };
  const real = parts.filter((part) => part.kind !== "every");
  return real.length === 0 ? { kind: "every" } : joined("and", real);
}

export function anyOf(parts: readonly Expression[]): Expression {
  if (parts.some((part) => part.kind === "every")) return { kind: "every" };
  const real = parts.filter((part) => part.kind !== "nothing");
  return real.length === 0 ? { kind: "nothing" } : joined("or", real);
}

export function without(from: Expression, drop: Expression): Expression {
  if (drop.kind === "nothing" || from.kind === "nothing") return from;
  return { kind: "without", from, drop };
}

function joined(kind: "and" | "or", parts: readonly Expression[]): Expression {
  const flat = parts.flatMap((part) => (part.kind === kind ? part.parts : [part]));
  return flat.length === 1 ? flat[0]! : { kind, parts: flat };
}
