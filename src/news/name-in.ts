/** The name in a headline that one would search for: a quoted one, else its first words. */
export function nameIn(title: string): string | null {
  const quoted = /[“「『"]([^”」』"]{2,12})[”」』"]/u.exec(title)?.[1];
  if (quoted !== undefined) return quoted.trim();
  const plain = title.replace(/^[^\p{L}\p{N}]+/u, "");
  if (!/^\p{Script=Han}/u.test(plain)) {
    // A short word at the beginning has its capital from there: Sea, Oil.
    const names = /\b\p{Lu}[\p{L}’'-]+(?: \p{Lu}[\p{L}’'-]+)?/u.exec(
      plain.replace(/^(?:The|A|An|In|On|At|How|Why|What|\p{Lu}\p{Ll}{0,2}(?= \p{Ll}))\s/u, ""),
    );
    return names?.[0] ?? null;
  }
  let name = "";
  for (const { segment, isWordLike } of new Intl.Segmenter("zh", { granularity: "word" }).segment(plain)) {
    if (isWordLike !== true || segment.length < 2 || name.length + segment.length > 4) break;
    name += segment;
  }
  return name.length >= 2 ? name : null;
}
