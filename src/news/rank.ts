/** How much one voice more adds when others are there: heat grows with the logarithm of the outlets. */
const rankedHeat = 0.6;
/** Places of a hot list that count; the first one most. */
const ranksMax = 20;

export function languageBit(language: string): number {
  return language === "zh" ? 1 : language === "en" ? 2 : 4;
}

/** What is counted of an article. */
export type Voice = {
  id: number;
  family: string;
  weight: number;
  rank: number | null;
  publishedAt: Date | null;
  dateline: string;
  /** The article whose text this one only carries. */
  copyOf: number | null;
};

const wire = /^[\s(（【]*([\p{Script=Han}]{1,8}?(?:社|网|讯))|\(([A-Z][\w ]{1,20})\)/u;

/** Who really tells it: the wire that a dateline names, else whoever the text was copied from, else the house itself. */
export function voicesOf<T extends Voice>(members: readonly T[]): Map<string, T[]> {
  const byId = new Map(members.map((member) => [member.id, member]));
  const nameOf = (member: T): string => {
    const named = wire.exec(member.dateline);
    if (named !== null) return (named[1] ?? named[2])!;
    const original = member.copyOf === null ? undefined : byId.get(member.copyOf);
    return original === undefined || original.copyOf === member.id ? member.family : nameOf(original);
  };
  return Map.groupBy(members, nameOf);
}

/** Independent voices: two sites of one house are one, and so are a wire and all who carry it. */
export function outletsOf(members: readonly Voice[]): number {
  return voicesOf(members).size;
}

/** How much a story matters, without time: trusted independent voices, and the place the sources themselves gave it. */
export function heat(members: readonly Voice[]): number {
  let trusted = 0;
  for (const voices of voicesOf(members).values()) trusted += Math.max(...voices.map((voice) => voice.weight));
  const place = Math.min(ranksMax + 1, ...members.map((member) => member.rank ?? ranksMax + 1));
  return Math.log2(1 + trusted) + (rankedHeat * (ranksMax + 1 - place)) / ranksMax;
}

/** The rush of a story: most of its outlets within so few hours. */
const rushHoursMax = 6;
const rushShareMin = 0.6;
const rushOutletsMin = 3;

export type Rush = { outlets: number; hours: number };

/** When a good part of the outlets told it within a few hours: how many, within how many. null for a trickle. */
export function rushOf(members: readonly Voice[]): Rush | null {
  const voices = voicesOf(members);
  const firsts = new Map<string, number>();
  for (const [name, own] of voices) {
    const times = own.flatMap((member) => member.publishedAt?.getTime() ?? []);
    if (times.length > 0) firsts.set(name, Math.min(...times));
  }
  const sorted = [...firsts.values()].sort((a, b) => a - b);
  const least = Math.max(rushOutletsMin, Math.ceil(voices.size * rushShareMin));
  for (let hours = 1; hours <= rushHoursMax; hours += 1) {
    let most = 0;
    for (let from = 0, to = 0; from < sorted.length; from += 1) {
      while (to < sorted.length && sorted[to]! - sorted[from]! <= hours * 3_600_000) to += 1;
      most = Math.max(most, to - from);
    }
    if (most >= least) return { outlets: most, hours };
  }
  return null;
}

/** After so many hours a story is half as hot. */
const halfLifeHours = 12;
/** What outlets that joined within the last hours add, at most doubling. */
const growthHours = 3;
/** Below this a story is not shown, however empty the list: one outlet's unlisted story after a day and a half. */
const floor = 0.12;
/** Stories of one source alone in a list, as a share of it. */
const oneSourceShare = 0.34;
/** Stories that a single outlet tells, unlisted, when others are told by several: no list is filled with them. */
const singlesShare = 0.5;
/** How much of a headline may be another's before the story counts as more of the same. */
const alikeShare = 0.35;
/** What is left of a story's heat when one like it is in the list already. */
const alikeFactor = 0.45;

/** A member as lists look at it. */
export type Listed = Voice & { source: string };

/** How hot a story is now: what it weighs, halved every twelve hours since its newest article, more while it grows. */
export function hotness(members: readonly Listed[], now: Date): number {
  const times = members.flatMap((member) => member.publishedAt?.getTime() ?? []);
  if (times.length === 0) return 0;
  const age = Math.max(0, (now.getTime() - Math.max(...times)) / 3_600_000);
  const since = now.getTime() - growthHours * 3_600_000;
  const early = new Set(
    members.filter((each) => (each.publishedAt?.getTime() ?? 0) < since).map((each) => each.family),
  );
  const all = outletsOf(members);
  const growing = early.size === 0 ? 0 : (all - early.size) / all;
  return heat(members) * 2 ** (-age / halfLifeHours) * (1 + growing);
}

/** How many places of a list are left for what a single outlet tells; told by several, a story always has one. */
export type Quota = { admits: (members: readonly Listed[]) => boolean; take: (members: readonly Listed[]) => void };

/** No source floods a list of `limit` places, and it is not filled with what a single outlet tells and no hot list has. */
export function quotaOf(limit: number): Quota {
  const perSource = new Map<string, number>();
  let singles = 0;
  const isSingle = (members: readonly Listed[]) => outletsOf(members) === 1;
  const isListed = (members: readonly Listed[]) => members.some((member) => member.rank !== null);
  return {
    admits: (members) => {
      if (!isSingle(members)) return true;
      const ofSource = perSource.get(members[0]!.source) ?? 0;
      if (ofSource >= Math.max(1, Math.floor(limit * oneSourceShare))) return false;
      return isListed(members) || singles < Math.max(1, Math.floor(limit * singlesShare));
    },
    take: (members) => {
      if (!isSingle(members)) return;
      perSource.set(members[0]!.source, (perSource.get(members[0]!.source) ?? 0) + 1);
      if (!isListed(members)) singles += 1;
    },
  };
}

/**
 * The list that people see, hottest first: above a floor, not flooded by one source, not filled with what a single
 * outlet tells, and varied: a story like one already in the list waits behind the others. `places` are those that a
 * reader sees of it. Where all is told by one outlet each, or one source was asked for (`all`), nothing is left out.
 */
export function choose<T extends { members: readonly Listed[]; terms: readonly number[] }>(
  found: readonly T[],
  { now, limit, places = limit, all = false }: { now: Date; limit: number; places?: number; all?: boolean },
): T[] {
  const waiting = found
    .map((story) => ({ story, score: hotness(story.members, now), terms: sortedTerms(story.terms) }))
    .filter(({ score }) => score >= floor);
  const quota = all || !someShared(waiting.map(({ story }) => story)) ? null : quotaOf(places);
  const chosen: T[] = [];
  while (chosen.length < limit && waiting.length > 0) {
    const at = waiting.reduce((best, each, n) => (each.score > waiting[best]!.score ? n : best), 0);
    const [{ story, score, terms }] = waiting.splice(at, 1) as [(typeof waiting)[number]];
    if (score < floor) break;
    if (quota?.admits(story.members) === false) continue;
    quota?.take(story.members);
    chosen.push(story);
    for (const other of waiting) if (alike(terms, other.terms)) other.score *= alikeFactor;
  }
  return chosen;
}

/** Whether any of these stories is told by more than one outlet: else what one tells is all there is. */
export function someShared(stories: readonly { members: readonly Listed[] }[]): boolean {
  return stories.some(({ members }) => outletsOf(members) > 1);
}

/** Distinct terms, ascending: a long list compares thousands of pairs, and sets take their time. */
function sortedTerms(terms: readonly number[]): Uint32Array {
  return Uint32Array.from(new Set(terms)).sort();
}

function alike(a: Uint32Array, b: Uint32Array): boolean {
  let shared = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const difference = a[i]! - b[j]!;
    if (difference === 0) shared += 1;
    i += Number(difference <= 0);
    j += Number(difference >= 0);
  }
  return shared / Math.max(1, Math.min(a.length, b.length)) >= alikeShare;
}
