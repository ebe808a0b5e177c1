import type { Reason } from "./edition.ts";

/** One story as the list of top stories shows it. */
export type TopLine = {
  storyId: number;
  title: string;
  url: string | null;
  summary: string;
  outlets: number;
  rush: { outlets: number; hours: number } | null;
  at: Date;
};

export type TopPage = {
  stories: TopLine[];
  /** Nothing is recent: the day that these are from. */
  newestDay: Date | null;
};

/** A snippet in pieces: what was searched for is bold. */
export type Snippet = { text: string; hit: boolean }[];

export type SearchOrder = "best" | "newest";

export type SearchPage = {
  query: string;
  /** Articles found, at most `articlesMax`; `more` says there are others. */
  articles: number;
  stories: number;
  more: boolean;
  /** Nothing has all that was asked for, or any of what it was to have one of: these come near. */
  near: false | "all" | "any";
  /** Another spelling that more articles have. */
  meant: { word: string; articles: number } | null;
  order: SearchOrder;
  /** Only what is at most seven days old. */
  week: boolean;
  page: number;
  pages: number;
  results: { storyId: number; title: string; url: string | null; snippet: Snippet; outlets: number; at: Date | null }[];
};

/** One story as its page tells it; plain text, in the reader's language where there is a choice. */
export type StoryPage = {
  storyId: number;
  title: string;
  /** The article that "read the article" opens. */
  url: string | null;
  /** Two to four sentences of its own. */
  summary: string;
  /** The article's language; a reporter in another one is marked. */
  language: string;
  articles: number;
  /** Independent outlets. */
  outlets: number;
  first: Date;
  last: Date;
  /** The moments at which it grew, oldest first. */
  timeline: { at: Date; what: string }[];
  /** A family each; `carriers` only carry its text. */
  reporters: { name: string; url: string | null; language: string; carriers: number }[];
  related: { storyId: number; title: string; url: string | null; reason: Reason | null }[];
  top: { storyId: number; title: string; url: string | null }[];
};
