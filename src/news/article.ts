/** One page of one source as it was read, before the store gives it an id. Texts are plain: no markup, no entities. */
export type ArticleDraft = {
  /** The source's own name for it (a feed's guid, an archive's id); null when it has none. */
  externalId: string | null;
  /** Absolute http(s) address as a reader should open it; null when there is none. */
  url: string | null;
  title: string;
  /** The source itself cut the title (a hot list's "…"): a complete one of the same story is preferred. */
  titleCut: boolean;
  /** One to three sentences, without dateline, reporter and photo credit; "" when there is none. */
  lead: string;
  /** Paragraphs joined by "\n\n"; "" when only a teaser is known. */
  body: string;
  /** Who planned, wrote and drew it, a line each; "" when nobody is named. */
  credits: string;
  author: string;
  /** 「和商网成都2月27日电」-like opening of a lead, taken out of it. */
  dateline: string;
  reporter: string;
  photoCredit: string;
  /** Address of the lead picture. */
  image: string | null;
  /** When it was published, never when it was imported; null when nobody says. */
  publishedAt: Date | null;
  /** ISO 639-1 code: "zh", "en", … */
  language: string;
  /** Place in the source's own hot list, 1 is the first; null when not listed. */
  rank: number | null;
  /** Sections or categories in the source's own words. */
  sections: string[];
};

/** An article as it is kept. */
export type Article = ArticleDraft & {
  /** Seconds of publication × 2^20 + n: the largest id is the newest (see store/articles). */
  id: number;
  sourceId: number;
  /** The source's name, for people. */
  source: string;
  /** The story that it tells; null until it was joined to one. */
  storyId: number | null;
};

/** A draft with every optional field empty, so that readers name only what they found. */
export function emptyDraft(title: string): ArticleDraft {
  return {
    externalId: null,
    url: null,
    title,
    titleCut: false,
    lead: "",
    body: "",
    credits: "",
    author: "",
    dateline: "",
    reporter: "",
    photoCredit: "",
    image: null,
    publishedAt: null,
    language: "zh",
    rank: null,
    sections: [],
  };
}
