import { blocks, type Html, lines, withoutLinks } from "./html.ts";
import { fits } from "./message.ts";

/** One thing that is never cut: as it should be, and as it is when links must be saved. */
export type Item = {
  full: Html;
  plain?: Html | undefined;
  /** Stands on the next line instead of after an empty one. */
  tight: boolean;
};

export type Frame = {
  /** Above the first part. */
  first: Html;
  /** Above every other part. */
  again(part: number, of: number): Html;
  /** Above the first tight item of a part. */
  tightTitle: Html | null;
  /** Below the last part. */
  last: Html | null;
};

/**
 * Lays items out in as few messages as hold them. Over budget, the links of related lines go first; only then is the
 * text split, always between items. An item that alone is too much loses its links.
 */
export function splitBetween<T extends Item>(items: T[], frame: Frame): { body: Html; items: T[] }[] {
  const whole = layOut(items, { head: frame.first, tail: frame.last, tightTitle: frame.tightTitle });
  if (fits(whole.html)) return [{ body: whole, items }];
  const spare = items.map((item) => ({ ...item, full: item.plain ?? item.full }));
  const lean = layOut(spare, { head: frame.first, tail: frame.last, tightTitle: frame.tightTitle });
  if (fits(lean.html)) return [{ body: lean, items }];
  const groups = groupsThatFit(spare, frame);
  return groups.map((group, n) => ({
    body: layOut(group, {
      head: n === 0 ? frame.first : frame.again(n + 1, groups.length),
      tail: n === groups.length - 1 ? frame.last : null,
      tightTitle: frame.tightTitle,
    }),
    items: group,
  }));
}

function groupsThatFit<T extends Item>(items: T[], frame: Frame): T[][] {
  const groups: T[][] = [];
  for (const item of items) {
    const group = groups.at(-1);
    const head = groups.length <= 1 ? frame.first : frame.again(99, 99);
    const parts = { head, tail: frame.last, tightTitle: frame.tightTitle };
    if (group !== undefined && fits(layOut([...group, item], parts).html)) {
      group.push(item);
    } else {
      const own = { head: frame.again(99, 99), tail: frame.last, tightTitle: frame.tightTitle };
      const alone = fits(layOut([item], own).html) ? item : { ...item, full: { html: withoutLinks(item.full.html) } };
      groups.push([alone]);
    }
  }
  return groups;
}

function layOut(
  items: Item[],
  { head, tail, tightTitle }: { head: Html; tail: Html | null; tightTitle: Html | null },
): Html {
  const loose = items.filter((item) => !item.tight).map((item) => item.full);
  const tight = items.filter((item) => item.tight).map((item) => item.full);
  return blocks(head, ...loose, tight.length > 0 && lines(tightTitle, ...tight), tail);
}
