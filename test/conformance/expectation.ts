/** One comparison that feedparser's own tests make, in tidings' words. */
export type Check = { what: string; entry: number; expected: string | null };

/** feedparser's names for what an article store keeps. */
const names: [pattern: RegExp, what: string][] = [
  [/^entries\[(\d)\](?:\['title'\]|\.title|\['title_detail'\]\['value'\])$/, "title"],
  [/^entries\[(\d)\](?:\['link'\]|\.link)$/, "link"],
  [/^entries\[(\d)\]\['(?:id|guid)'\]$/, "id"],
  [/^entries\[(\d)\](?:\['(?:summary|description)'\]|\['summary_detail'\]\['value'\])$/, "summary"],
  [/^entries\[(\d)\]\['content'\]\[0\]\['value'\]$/, "content"],
  [/^entries\[(\d)\](?:\['author'\]|\['author_detail'\]\['name'\])$/, "author"],
  [/^entries\[(\d)\]\['(?:published|updated|created|modified|issued|date)(?:_parsed)?'\]$/, "date"],
  [/^feed(?:\['title'\]|\.title|\['title_detail'\]\['value'\])$/, "feed title"],
];

/** The comparisons in a feed's `Expect:` line, and the left sides of those that mean nothing to an article store. */
export function checksOf(text: string): { checks: Check[]; others: string[] } {
  const checks: Check[] = [];
  const others: string[] = [];
  const expectation = /^\s*Expect:\s*(.+)$/m.exec(text)?.[1] ?? "";
  for (const clause of clauses(expectation)) {
    const m = /^\(?\s*([a-z_]+(?:\[[^\]]+\]|\.[a-z_]+)*)\s*==\s*(.+?)\s*\)?$/.exec(clause) ?? [];
    const [, subject, value] = m;
    if (subject === undefined || value === undefined) continue;
    const name = names.find(([pattern]) => pattern.test(subject));
    const expected = readValue(value);
    if (name === undefined || expected === undefined || (name[1] === "date") !== value.startsWith("(2")) {
      others.push(subject);
    } else checks.push({ what: name[1], entry: Number(name[0].exec(subject)?.[1] ?? 0), expected });
  }
  return { checks, others };
}

/** Cuts at `and` outside of quotes. */
function clauses(expectation: string): string[] {
  const parts: string[] = [];
  let quote = "";
  let start = 0;
  for (let at = 0; at < expectation.length; at++) {
    const char = expectation[at]!;
    if (quote !== "") {
      if (char === "\\") at++;
      else if (char === quote) quote = "";
    } else if (char === "'" || char === '"') quote = char;
    else if (expectation.startsWith(" and ", at)) {
      parts.push(expectation.slice(start, at).trim());
      start = at + 5;
    }
  }
  return [...parts, expectation.slice(start).trim()];
}

/** A Python string, several joined by +, None, or a time as a tuple; undefined for anything else. */
function readValue(source: string): string | null | undefined {
  if (source === "None") return null;
  const time = /^\((\d+), (\d+), (\d+), (\d+), (\d+), (\d+), /.exec(source);
  if (time !== null) {
    const [year, month, day, hour, minute, second] = time.slice(1).map(Number);
    return new Date(Date.UTC(year!, month! - 1, day!, hour!, minute!, second!)).toISOString();
  }
  let rest = source;
  let value = "";
  for (;;) {
    const m = /^u?(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*(?:\+\s*)?/s.exec(rest);
    if (m === null) return undefined;
    value += readEscapes(m[1] ?? m[2] ?? "");
    rest = rest.slice(m[0].length);
    if (rest === "") return value;
  }
}

function readEscapes(text: string): string {
  return text.replace(/\\(?:x([\da-f]{2})|u([\da-f]{4})|N\{[^}]*\}|(.))/gis, (_, x, u, char) => {
    if (x ?? u) return String.fromCharCode(Number.parseInt(x ?? u, 16));
    return ({ n: "\n", t: "\t", r: "\r" } as Record<string, string>)[char] ?? char;
  });
}
