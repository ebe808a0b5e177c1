import type { Db } from "../store/db.ts";
import { findSubject } from "../store/subjects.ts";
import type { Subscriber } from "../store/subscribers.ts";
import type { Subscription } from "../store/subscriptions.ts";
import { sourceIds } from "../store/top.ts";

/** Subjects and sources that one subscription names at the most. */
const namesMax = 20;

/** What a digest is about: those with the same words share their candidates. */
export type Profile = {
  /** Only stories told in it; null takes any. */
  language: string | null;
  count: number;
  /** Subjects' ids; [] is all news. */
  subjects: number[];
  /** Only these sources; [] is all. */
  sources: number[];
  /** Sources that are left out. */
  without: number[];
};

/**
 * Reads what a subscription asks for: `subject:tech source:"Harbour Post" -source:环线财经`. A name that nobody knows
 * any more narrows nothing.
 */
export async function profileOf(
  db: Db,
  subscriber: Pick<Subscriber, "newsLanguages">,
  subscription: Pick<Subscription, "count" | "query">,
): Promise<Profile> {
  const language = subscriber.newsLanguages === "both" ? null : subscriber.newsLanguages;
  const profile: Profile = { language, count: subscription.count, subjects: [], sources: [], without: [] };
  if (subscription.query === "") return profile;
  const words = [...subscription.query.matchAll(/(-?)(subject|source):(?:"([^"]*)"|(\S+))/g)].slice(0, namesMax);
  const named = words.map(([, minus, kind, quoted, bare]) => ({
    out: minus === "-",
    kind,
    name: quoted ?? bare ?? "",
  }));
  for (const { name } of named.filter((each) => each.kind === "subject" && !each.out)) {
    const subject = await findSubject(db, name);
    if (subject !== undefined) profile.subjects.push(subject.id);
  }
  const sources = named.filter((each) => each.kind === "source");
  profile.sources = await sourceIds(
    db,
    sources.filter((each) => !each.out).map((each) => each.name),
  );
  profile.without = await sourceIds(
    db,
    sources.filter((each) => each.out).map((each) => each.name),
  );
  return profile;
}
