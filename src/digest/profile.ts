import type { SubjectNames } from "../news/subjects.ts";
import { readWish } from "../news/wish.ts";
import type { Db } from "../store/db.ts";
import { findSubject } from "../store/subjects.ts";
import type { Subscriber } from "../store/subscribers.ts";
import type { Subscription } from "../store/subscriptions.ts";
import { sourceIds } from "../store/top.ts";

/** What a digest is about: those with the same words share their candidates. */
export type Profile = {
  /** Only stories told in it; null takes any. */
  language: string | null;
  count: number;
  /** Subjects' ids; [] is all news. */
  subjects: number[];
  /** Subjects that are left out. */
  withoutSubjects: number[];
  /** Only these sources; [] is all. */
  sources: number[];
  /** Sources that are left out. */
  without: number[];
  /** What the subjects are called, by their short names. */
  subjectNames: SubjectNames;
};

/**
 * Reads what a subscription asks for: `subject:tech -subject:sport source:"Harbour Post" -source:环线财经 language:en`. A name that nobody knows
 * any more narrows nothing.
 */
export async function profileOf(
  db: Db,
  subscriber: Pick<Subscriber, "newsLanguages">,
  subscription: Pick<Subscription, "count" | "query">,
): Promise<Profile> {
  const wish = readWish(subscription.query);
  const read = wish.language ?? subscriber.newsLanguages;
  const language = read === "both" ? null : read;
  const profile: Profile = {
    language,
    count: subscription.count,
    subjects: [],
    withoutSubjects: [],
    sources: [],
    without: [],
    subjectNames: {},
  };
  for (const list of ["subjects", "withoutSubjects"] as const) {
    for (const name of wish[list]) {
      const subject = await findSubject(db, name);
      if (subject === undefined) continue;
      profile[list].push(subject.id);
      profile.subjectNames = { ...profile.subjectNames, [name]: [subject.nameZh, subject.nameEn] };
    }
  }
  if (wish.sources.length > 0) profile.sources = await sourceIds(db, wish.sources);
  if (wish.without.length > 0) profile.without = await sourceIds(db, wish.without);
  return profile;
}
