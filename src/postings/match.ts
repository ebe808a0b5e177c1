import type { Phrase } from "../news/grams.ts";
import {
  All,
  Any,
  type Check,
  type Cursor,
  type Leaf,
  Neighbours,
  type Placed,
  RangeReader,
  Without,
} from "./cursors.ts";
import type { Expression } from "./expression.ts";
import { atEnd, atNeed, ListReader } from "./list.ts";

/** One segment, asked: runs until it has enough articles or needs pages. */
export class SegmentMatch {
  /** Articles found so far, in ascending order: the newest first. */
  readonly found: number[] = [];
  isDone = false;
  readonly #leaves: Leaf[] = [];
  readonly #root: Cursor;
  readonly #options: MatchOptions;
  #next: number;

  constructor(expression: Expression, options: MatchOptions) {
    this.#options = options;
    this.#next = options.from;
    this.#root = this.#cursor(expression);
  }

  /** What is needed to go on: the list's readers, each with its need. */
  needs(): Leaf[] {
    return this.#leaves.filter((leaf) => leaf.need !== null);
  }

  /** About how many articles match: of one term exactly, of others at the most. Known once it ran. */
  get docs(): number {
    return this.#root.docs;
  }

  run(): void {
    const { to, limit, dead } = this.#options;
    while (this.found.length < limit) {
      const doc = this.#root.seek(this.#next);
      if (doc === atNeed) return;
      if (doc >= to) break;
      if (dead === null || !dead.has(doc)) this.found.push(doc);
      this.#next = doc + 1;
    }
    this.isDone = true;
  }

  #cursor(expression: Expression): Cursor {
    switch (expression.kind) {
      case "phrase":
        return this.#all([expression]);
      case "and":
        return this.#all(expression.parts);
      case "or":
        return new Any(expression.parts.map((part) => this.#cursor(part)));
      case "without":
        return new Without(this.#cursor(expression.from), this.#cursor(expression.drop));
      case "every":
        return { docs: this.#options.to, seek: (doc) => (doc < this.#options.to ? doc : atEnd) };
      case "nothing":
        return { docs: 0, seek: () => atEnd };
    }
  }

  /** The terms of phrases stand beside what else must be there: where they stand is read of articles that have all. */
  #all(expressions: readonly Expression[]): Cursor {
    const parts: Cursor[] = [];
    const checks: Check[] = [];
    for (const expression of expressions) {
      if (expression.kind !== "phrase") {
        parts.push(this.#cursor(expression));
        continue;
      }
      const lists = this.#lists(expression.phrase);
      if (lists.length === 0) return this.#cursor({ kind: "nothing" });
      parts.push(...lists);
      if (lists.length > 1) checks.push(new Neighbours(lists));
    }
    return parts.length === 1 ? parts[0]! : new All(parts, checks);
  }

  #lists({ terms, open }: Phrase): Placed[] {
    const lists = terms.map((term): Placed => this.#leaf(new ListReader(term, this.#options.from)));
    return open === null ? lists : [...lists, this.#leaf(new RangeReader(open.from, open.to))];
  }

  #leaf<T extends Leaf>(leaf: T): T {
    this.#leaves.push(leaf);
    return leaf;
  }
}

export type MatchOptions = {
  /** Articles from this one to before that one. */
  from: number;
  to: number;
  limit: number;
  /** Articles that are not what they were. */
  dead: ReadonlySet<number> | null;
};
