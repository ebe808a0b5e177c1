const chinese = /(?:(\d{1,2})月)?(\d{1,2})日/;
const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const english = new RegExp(
  `\\b(?:(\\d{1,2})(?:st|nd|rd|th)? (${months.join("|")})[a-z]*|(${months.join("|")})[a-z]* (\\d{1,2}))\\b`,
  "i",
);

/**
 * The first day that a text names ("8月14日", "14日", "14 August"), as month × 31 + day, so that neighbours are one
 * apart; a day without a month is of the month of publication. Null when it names none.
 */
export function toldDay(text: string, publishedAt: Date | null): number | null {
  const zh = chinese.exec(text);
  if (zh !== null) {
    const month = zh[1] === undefined ? (publishedAt === null ? 0 : publishedAt.getUTCMonth() + 1) : Number(zh[1]);
    return asDay(month, Number(zh[2]));
  }
  const en = english.exec(text);
  if (en === null) return null;
  const month = months.indexOf((en[2] ?? en[3]!).toLowerCase()) + 1;
  return asDay(month, Number(en[1] ?? en[4]));
}

function asDay(month: number, day: number): number | null {
  return month >= 1 && month <= 12 && day >= 1 && day <= 31 ? month * 31 + day : null;
}
