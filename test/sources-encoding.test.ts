import { expect, test } from "vitest";
import { charsetOf, decodeBytes } from "../src/sources/encoding.ts";
import { plainLine, plainText } from "../src/sources/plain.ts";

/** 「长湖的水退了」 as other encodings write it. */
const bytes = {
  gbk: [0xb3, 0xa4, 0xba, 0xfe, 0xb5, 0xc4, 0xcb, 0xae, 0xcd, 0xcb, 0xc1, 0xcb],
  big5: [0xaa, 0xf8, 0xb4, 0xf2, 0xaa, 0xba, 0xa4, 0xf4, 0xb0, 0x68, 0xa4, 0x46],
  utf8: [...new TextEncoder().encode("长湖的水退了")],
};
const ascii = (text: string): number[] => [...new TextEncoder().encode(text)];
const xml = (declared: string, inside: number[]) =>
  Uint8Array.from([...ascii(`<?xml version="1.0"${declared}?><t>`), ...inside, ...ascii("</t>")]);
const textIn = (document: Uint8Array, contentType?: string) =>
  /<t>(.*)<\/t>/.exec(decodeBytes(document, { contentType: contentType ?? null }).text)?.[1];

test("declared rightly: in the document, in the header, in HTML", () => {
  expect(textIn(xml(' encoding="gb2312"', bytes.gbk))).toBe("长湖的水退了");
  expect(textIn(xml(" encoding='Big5'", bytes.big5))).toBe("長湖的水退了");
  expect(textIn(xml("", bytes.gbk), "text/xml; charset=GBK")).toBe("长湖的水退了");
  expect(textIn(xml("", bytes.gbk), 'text/xml; charset="x-gbk"')).toBe("长湖的水退了");
  const html = [
    ...ascii('<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"></head><t>'),
    ...bytes.gbk,
    ...ascii("</t>"),
  ];
  expect(textIn(Uint8Array.from(html))).toBe("长湖的水退了");
  expect(decodeBytes(xml(' encoding="gb2312"', bytes.gbk)).encoding).toMatch(/^gb/);
});

test("declared wrongly: the bytes are believed", () => {
  expect(textIn(xml(' encoding="gb2312"', bytes.utf8))).toBe("长湖的水退了");
  expect(textIn(xml(' encoding="iso-8859-1"', bytes.utf8), "text/xml; charset=iso-8859-1")).toBe("长湖的水退了");
  expect(textIn(xml(' encoding="utf-8"', Array.from({ length: 40 }, () => bytes.gbk).flat()))).toBe(
    "长湖的水退了".repeat(40),
  );
  expect(textIn(xml(' encoding="klingon"', bytes.utf8))).toBe("长湖的水退了");
});

test("header over declaration, where both could be", () => {
  expect(textIn(xml(' encoding="iso-8859-1"', [0xcf, 0xf0, 0xe8]), "text/xml; charset=windows-1251")).toBe("При");
});

test("not declared: UTF-8, else what the bytes look like", () => {
  expect(textIn(xml("", bytes.utf8))).toBe("长湖的水退了");
  expect(textIn(xml("", Array.from({ length: 40 }, () => bytes.gbk).flat()))).toBe("长湖的水退了".repeat(40));
});

test("one broken byte is no reason to change the encoding", () => {
  const many = Array.from({ length: 200 }, () => bytes.utf8).flat();
  expect(textIn(xml(' encoding="utf-8"', [...many, 0xff]))).toBe("长湖的水退了".repeat(200) + "\ufffd");
});

test("marks of order and wide encodings, with a mark and without", () => {
  const wide = (width: 2 | 4, little: boolean, mark: boolean): Uint8Array => {
    const text = `${mark ? "\ufeff" : ""}<t>长湖</t>`;
    const view = new DataView(new ArrayBuffer(text.length * width));
    for (let i = 0; i < text.length; i++) {
      if (width === 2) view.setUint16(i * 2, text.charCodeAt(i), little);
      else view.setUint32(i * 4, text.charCodeAt(i), little);
    }
    return new Uint8Array(view.buffer);
  };
  for (const width of [2, 4] as const) {
    for (const little of [true, false])
      for (const mark of [true, false]) expect(textIn(wide(width, little, mark))).toBe("长湖");
  }
  expect(textIn(Uint8Array.from([0xef, 0xbb, 0xbf, ...xml(' encoding="gbk"', bytes.utf8)]))).toBe("长湖的水退了");
});

test("a Content-Type's charset, as servers write it", () => {
  expect(charsetOf("text/html; charset=utf-8")).toBe("utf-8");
  expect(charsetOf("text/html;Charset = 'GBK'")).toBe("GBK");
  expect(charsetOf("text/html")).toBeNull();
});

test("HTML becomes paragraphs", () => {
  expect(plainText("<p>a <b>b</b></p><p>c<br>d</p><ul><li>e</li></ul>")).toBe("a b\n\nc\n\nd\n\ne");
  expect(plainText("<script>x</script><style>y</style>a&amp;b &lt;c&gt;&nbsp;d")).toBe("a&b <c> d");
  expect(plainText("a\n\nb\nc")).toBe("a\n\nb c");
  expect(plainText("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>")).toBe("a b\n\nc");
  expect(plainText("don\u0092t &#146; 1 < 2")).toBe("don’t ’ 1 < 2");
  expect(plainLine("<b>a</b>\n b")).toBe("a b");
  expect(plainText("<div>".repeat(1_000) + "x")).toBe("x");
  expect(plainText("x" + "<div>".repeat(200_000) + "y")).toBe("x");
});
