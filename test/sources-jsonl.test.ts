import { expect, test } from "vitest";
import { type JsonlLine, lineBytesMax, readJsonl } from "../src/sources/jsonl.ts";

const zone = "Asia/Shanghai";

async function read(...chunks: (string | Uint8Array)[]): Promise<JsonlLine[]> {
  const bytes = chunks.map((chunk) => (typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk));
  const lines: JsonlLine[] = [];
  for await (const line of readJsonl(bytes, { zone })) lines.push(line);
  return lines;
}

async function reason(line: string): Promise<string> {
  const [read1] = await read(line);
  return read1 !== undefined && "reason" in read1 ? read1.reason : "";
}

test("an article with all its fields", async () => {
  const line = {
    ...{ title: " 长湖 水退了 ", url: "https://nangang.example/a/1", lead: "水退了。", body: "水退了。\n\n渔民上岸。" },
    ...{ author: "高岩", publishedAt: "2026-11-21T08:05:00+08:00", source: "南港网", language: "zh-CN", rank: 3 },
    ...{ externalId: "a-1", somethingElse: { deep: [1] } },
  };
  const [one] = await read(JSON.stringify(line));
  expect(one).toMatchObject({
    line: 1,
    source: "南港网",
    draft: {
      ...{ title: "长湖 水退了", url: "https://nangang.example/a/1", lead: "水退了。", body: "水退了。\n\n渔民上岸。" },
      ...{ author: "高岩", publishedAt: new Date("2026-11-21T00:05:00Z"), language: "zh", rank: 3, externalId: "a-1" },
    },
  });
});

test("a title is enough; what is missing is empty, the language is seen", async () => {
  const lines = await read(
    '{"title":"Sea wall passes its test"}\n{"title":"长湖水退了","url":null,"rank":null,"lead":""}',
  );
  expect(lines).toMatchObject([
    {
      source: null,
      draft: { title: "Sea wall passes its test", language: "en", url: null, publishedAt: null, lead: "" },
    },
    { draft: { language: "zh", rank: null, externalId: null, body: "" } },
  ]);
});

test("without a lead, the body's first sentences are it, without dateline and reporter", async () => {
  const body = "南港网长湖11月21日电 (记者 高岩)长湖水退了。\n渔民上岸。";
  const [one] = await read(JSON.stringify({ title: "长湖水退了", body }));
  expect(one).toMatchObject({ draft: { lead: "长湖水退了。", dateline: "南港网长湖11月21日电", reporter: "高岩" } });
  expect(one).toMatchObject({ draft: { body: "南港网长湖11月21日电 (记者 高岩)长湖水退了。\n\n渔民上岸。" } });
});

test("a time without a zone is the operator's, a number names an article too", async () => {
  const [one] = await read('{"title":"a","publishedAt":"2026-11-21 08:05","externalId":17}');
  expect(one).toMatchObject({ draft: { publishedAt: new Date("2026-11-21T00:05:00Z"), externalId: "17" } });
});

test("a day that can be no day of publication is none, and costs the article nothing else", async () => {
  for (const day of ["1213-10-12", "1212-02-29"]) {
    expect(await read(`{"title":"a","publishedAt":"${day}"}`), day).toMatchObject([{ draft: { publishedAt: null } }]);
  }
});

const bad: [line: string, reason: RegExp][] = [
  ['{"title":', /^not JSON: /],
  ["title", /^not JSON: /],
  ["[]", /^not a JSON object$/],
  ["null", /^not a JSON object$/],
  ['"长湖"', /^not a JSON object$/],
  ['{"body":"x"}', /^title is required/],
  ['{"title":5}', /^title is required|^title must be a text/],
  ['{"title":"  "}', /^title is empty$/],
  [`{"title":"${"长".repeat(1001)}"}`, /^title is longer than 1000 characters$/],
  ['{"title":"a","url":"nangang"}', /^url is not an http or https address$/],
  ['{"title":"a","url":"javascript:alert(1)"}', /^url is not an http or https address$/],
  ['{"title":"a","body":["x"]}', /^body must be a text$/],
  ['{"title":"a","publishedAt":"yesterday"}', /^publishedAt is not an ISO 8601 time/],
  ['{"title":"a","publishedAt":"2026-02-30"}', /^publishedAt is not an ISO 8601 time/],
  ['{"title":"a","publishedAt":"2026-02-29T08:00:00Z"}', /^publishedAt is not an ISO 8601 time: 2026-02-29/],
  ['{"title":"a","publishedAt":"1900-02-29"}', /^publishedAt is not an ISO 8601 time/],
  ['{"title":"a","publishedAt":1763683500}', /^publishedAt must be a text$/],
  ['{"title":"a","language":"中文"}', /^language is not a language code$/],
  ['{"title":"a","rank":0}', /^rank must be 1 or more$/],
  ['{"title":"a","rank":1.5}', /^rank must be a whole number$/],
  ['{"title":"a","rank":"1"}', /^rank must be /],
  ['{"title":"a","externalId":{}}', /^externalId must be a text or a whole number$/],
  ['{"title":"a","externalId":""}', /^externalId must be a text or a whole number$|^externalId is empty$/],
  ['{"title":"a","rank":"1","body":1}', /^body must be a text; rank must be /],
];

test.each(bad)("%s", async (line, expected) => {
  expect(await reason(line)).toMatch(expected);
});

test("good lines are read around bad ones, under their own numbers", async () => {
  const lines = await read('{"title":"a"}\nnothing\n\n{"title":"b"}\r\n   \n{}\n{"title":"c"}');
  expect(lines.map((one) => [one.line, "draft" in one ? one.draft.title : "bad"])).toEqual([
    [1, "a"],
    [2, "bad"],
    [4, "b"],
    [6, "bad"],
    [7, "c"],
  ]);
});

test("a mark of order before the first line is none of it", async () => {
  expect(await read('\ufeff{"title":"a"}\n')).toMatchObject([{ line: 1, draft: { title: "a" } }]);
});

test("a character cut by two chunks is one; what is no UTF-8 is said", async () => {
  const bytes = new TextEncoder().encode('{"title":"长湖"}\n{"title":"水退了"}\n');
  const cut = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
  expect(await read(...cut)).toMatchObject([{ draft: { title: "长湖" } }, { draft: { title: "水退了" } }]);
  expect(await read(new Uint8Array([0x7b, 0xff, 0xfe, 0x0a]), '{"title":"a"}')).toMatchObject([
    { line: 1, reason: "not UTF-8" },
    { line: 2, draft: { title: "a" } },
  ]);
});

test("a line beyond the limit costs no memory and only itself", async () => {
  const piece = new Uint8Array(256 * 1024).fill(120);
  const pieces = Array.from({ length: (2 * lineBytesMax) / piece.length }, () => piece);
  const lines = await read('{"title":"', ...pieces, '"}\n{"title":"b"}\n');
  expect(lines).toMatchObject([
    { line: 1, reason: "the line is longer than 4 MiB" },
    { line: 2, draft: { title: "b" } },
  ]);
});
