/** Names that one subscription holds at the most. */
export const wishNamesMax = 20;

/** What a digest is to tell of: the words that a subscription's `query` is written in. */
export type Wish = {
  /** Subjects' short names; with sources: either. None of both is all news. */
  subjects: string[];
  /** Subjects that are left out, whatever else is asked for. */
  withoutSubjects: string[];
  /** Sources by name. */
  sources: string[];
  /** Sources that are left out. */
  without: string[];
  /** Instead of what the reader reads otherwise; null leaves it at that. */
  language: "zh" | "en" | "both" | null;
};

/** Reads `subject:tech -subject:sport source:"Harbour Post" -source:环线财经 language:en`; what is none of these is passed over. */
export function readWish(query: string): Wish {
  const wish: Wish = { subjects: [], withoutSubjects: [], sources: [], without: [], language: null };
  const words = [...query.matchAll(/(-?)(subject|source|language):(?:"([^"]*)"|(\S+))/g)].slice(0, wishNamesMax);
  for (const [, minus, kind, quoted, bare] of words) {
    const name = quoted ?? bare ?? "";
    if (kind === "source") (minus === "-" ? wish.without : wish.sources).push(name);
    else if (kind === "subject") (minus === "-" ? wish.withoutSubjects : wish.subjects).push(name);
    else if (minus === "-") continue;
    else if (name === "zh" || name === "en" || name === "both") wish.language = name;
  }
  return wish;
}

export function writeWish({ subjects, withoutSubjects, sources, without, language }: Wish): string {
  const named = (name: string) => `source:"${name.replaceAll('"', "")}"`;
  return [
    ...subjects.map((slug) => `subject:${slug}`),
    ...withoutSubjects.map((slug) => `-subject:${slug}`),
    ...sources.map(named),
    ...without.map((name) => `-${named(name)}`),
    ...(language === null ? [] : [`language:${language}`]),
  ].join(" ");
}
