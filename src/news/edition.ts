import type { SubjectNames } from "./subjects.ts";

/** Why another story stands under this one; every reason is computed, none is guessed. */
export type Reason =
  | { kind: "also"; name: string }
  | { kind: "background"; at: Date }
  | { kind: "later"; at: Date }
  | { kind: "same-story" };

export type RelatedLine = {
  storyId: number;
  /** The article that it shows. */
  articleId?: number;
  title: string;
  url: string | null;
  reason: Reason;
};

/** One story as a digest tells it, in the reader's language; plain text. */
export type EditionStory = {
  storyId: number;
  /** What the ledger records as had once this was pushed; the first is the one that is shown and linked. */
  articleIds: number[];
  title: string;
  url: string | null;
  /** One or two sentences; "" when only the headline is known. */
  summary: string;
  /** Independent publisher families. */
  outlets: number;
  /** The rush, when there was one: so many of the outlets within so many hours. */
  rush: { outlets: number; hours: number } | null;
  /** When its newest article was published. */
  at: Date;
  /** Set when the reader was told this story before and it has materially grown since. */
  update: Update | null;
  related: RelatedLine[];
};

/** What is new, and what the reader last heard: a number or a month where there is one, else the headline told then. */
export type Update = { sentence: string; lastTold: string | null; lastTitle?: string; lastAt: Date };

/** What one subscription gets at one time: all that a renderer needs, without a word of any language's frame. */
export type Edition = {
  /** The minute that it is for. */
  at: Date;
  timezone: string;
  /** How many stories the subscriber asked for. */
  count: number;
  summaries: boolean;
  /** What the subjects are called that it is about. */
  subjectNames?: SubjectNames;
  stories: EditionStory[];
  /** Minutes late after a downtime; 0 when in time. */
  lateMinutes: number;
  /** The one before was skipped, because it would have come too late to be of use. */
  missedAt: Date | null;
  /** Nothing was recent: the newest day there is, shown under its date. */
  newestDay: Date | null;
  /** Since when nothing was new, for an empty one. */
  since: Date | null;
  /** Set when it is short and hardly any source tells news in the one language that its reader reads. */
  fewSources?: { language: string; sources: number } | null;
};
