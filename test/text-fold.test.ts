import { describe, expect, it } from "vitest";
import { fold, foldMapped } from "../src/news/fold.ts";
import { addTerms, type Phrase, piecePhrase, wordPhrase } from "../src/news/grams.ts";

describe("folding", () => {
  const cases: [string, string][] = [
    ["ｉＰｈｏｎｅ１７發布", "iphone17发布"],
    ["習近平 裡裏 為爲 颱風 臺灣 衞 説", "习近平 里里 为为 台风 台湾 卫 说"],
    ["什么 什麼 幺", "什么 什么 幺"],
    ["靑海 淸水 尙未 愼重 鄕村 硏究 髙速 囯家", "青海 清水 尚未 慎重 乡村 研究 高速 国家"],
    ["滝沢 広島駅 読売 黒潮 戸田 挿図", "泷泽 广岛驿 读卖 黑潮 户田 插图"],
    ["予以 沙家浜 弁髦 欠款 击缶 芸香 沪上", "予以 沙家浜 弁髦 欠款 击缶 芸香 沪上"],
    ["看著 著名 看着", "看着 着名 看着"],
    ["Café Ñandú ŁÓDŹ Straße İstanbul œuvre ё", "cafe nandu lodz strasse istanbul oeuvre е"],
    ["ｶﾞﾝﾀﾞﾑ がぎ が", "ガンダム がぎ が"],
    ["한국", "한국"],
    ["3·15 3・15 3‧15 3•15", "3·15 3·15 3·15 3·15"],
    ["don’t well‑known", "don't well-known"],
    ["  a\u3000\u00a0b\n\n c ", "a b c"],
    ["a\u00adb\u200bc\ufeff❤\ufe0f", "abc❤"],
    ["“引”《书》。，！（一）", "“引”《书》。,!(一)"],
    ["𝐇𝐞𝐥𝐥𝐨 𠮷野家 😀", "hello 𠮷野家 😀"],
    ["\ud83d half", "half"],
    ["", ""],
  ];
  it.each(cases)("%j", (text, folded) => {
    expect(fold(text)).toBe(folded);
  });

  it("leaves what simplified text is made of, but for characters that it borrows from traditional text", () => {
    const changed = gb2312().filter((char) => fold(char) !== char.toLowerCase() && char.trim() !== "");
    expect(changed.join("")).toBe("覆藉乾著谘菸薹薰拚捱摺吒彷後徵夥馀甯榘於袷麴醣麽");
  });

  it("changes nothing the second time", () => {
    for (const [text] of cases) expect(fold(fold(text))).toBe(fold(text));
  });

  it("knows where each character stood", () => {
    const text = "  Straße\u00ad ｶﾞ 😀發 ";
    const { text: folded, at } = foldMapped(text);
    expect(folded).toBe("strasse ガ 😀发");
    expect([...folded].length).toBeLessThan(at.length);
    const place = folded.indexOf("发");
    expect(text.slice(at[place], at[place + 1])).toBe("發 ");
    expect(text.slice(at[folded.indexOf("ガ")], at[folded.indexOf("ガ") + 1])).toBe("ｶﾞ");
    expect(at[folded.length]).toBe(text.length);
  });
});

describe("the index's terms", () => {
  const text = fold("星川iPhone17发布会，5G 😀a don't it 𠮷𠮷野");
  const chars = [...text];
  const placed = new Map<number, Set<number>>();
  const there = new Set<number>();
  addTerms(
    {
      placed: (high, low, place) => {
        const term = high * 2 ** 32 + low;
        placed.set(term, (placed.get(term) ?? new Set()).add(place));
      },
      unplaced: (high, low) => there.add(high * 2 ** 32 + low),
    },
    { title: "", texts: [text], facts: ["s7"] },
  );

  /** Whether the terms stand one after the other. */
  function stands({ terms, open }: Phrase): boolean {
    const last = open === null ? [] : [...placed].filter(([term]) => term >= open.from && term <= open.to);
    const rows = open === null ? [terms] : last.map(([term]) => [...terms, term]);
    return rows.some(
      ([first, ...rest]) =>
        (rest.length === 0 && there.has(first!)) ||
        [...(placed.get(first!) ?? [])].some((at) => rest.every((term, n) => placed.get(term)?.has(at + n + 1))),
    );
  }

  it("hold every piece of a text as a row of neighbours", () => {
    for (let from = 0; from < chars.length; from++) {
      for (let to = from + 1; to <= chars.length; to++) {
        const piece = chars.slice(from, to).join("");
        if (piece.trim() !== "") expect(stands(piecePhrase(piece)), piece).toBe(true);
      }
    }
  });

  it("hold no piece that is not there", () => {
    for (const piece of ["川星", "星川i5", "iphone18", "会5g", "布会，5h", "𠮷野𠮷", "honey"]) {
      expect(stands(piecePhrase(fold(piece))), piece).toBe(false);
    }
  });

  it("are whole numbers that SQLite and JSON keep", () => {
    for (const term of [...placed.keys(), ...there]) expect(Number.isSafeInteger(term) && term > 2 ** 48).toBe(true);
  });

  it("hold the words of alphabets by themselves", () => {
    expect(stands(wordPhrase("iphone17"))).toBe(true);
    expect(stands(wordPhrase("don't"))).toBe(true);
    expect(stands(wordPhrase("phone"))).toBe(false);
  });
});

/** The characters of GB 2312: simplified text as it is printed. */
function gb2312(): string[] {
  const decoder = new TextDecoder("gb2312");
  const rows = Array.from({ length: 0xf7 - 0xb0 + 1 }, (_, n) => 0xb0 + n);
  const cells = Array.from({ length: 0xfe - 0xa1 + 1 }, (_, n) => 0xa1 + n);
  const pairs = rows.flatMap((row) => cells.map((cell) => decoder.decode(new Uint8Array([row, cell]))));
  return pairs.filter((char) => char.length === 1 && /\p{Script=Han}/u.test(char));
}
