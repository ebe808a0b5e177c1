import { describe, expect, it } from "vitest";
import { ANN, links, openScene, refuses, rule } from "./playground-kit.ts";

const html = { parse_mode: "HTML" };
const button = (one: object) => ({ inline_keyboard: [[{ text: "b", ...one }]] });
const say = (text: string, more: object = {}) => ({ method: "sendMessage", params: { chat_id: ANN, text, ...more } });
const saysHtml = (text: string) => say(text, html);
const with_ = (reply_markup: unknown) => say("x", { reply_markup });
const parse = "Bad Request: can't parse entities: ";

describe("what a text may be", () => {
  refuses("text-empty", say(""), "Bad Request: message text is empty");
  refuses("text-blank", say("  \n "), "Bad Request: text must be non-empty");
  refuses("text-too-long", say("字".repeat(4097)), "Bad Request: message is too long");
  refuses("text-bytes-too-long", say("字".repeat(10_923)), "Bad Request: text is too long");
  refuses("parse-mode-unsupported", say("x", { parse_mode: "BBCode" }), "Bad Request: unsupported parse_mode");

  it("counts code points after the markup, not UTF-16 units", async () => {
    const scene = await openScene();
    expect((await scene.send("😀".repeat(4096))).ok).toBe(true);
    expect((await scene.send(`<b>${"字".repeat(4096)}</b>`, html)).ok).toBe(true);
    expect((await scene.send("😀".repeat(4097))).description).toBe("Bad Request: message is too long");
    await scene.close();
  });

  rule("caption-too-long", async ({ call }) => {
    const form = new FormData();
    form.set("chat_id", String(ANN));
    form.set("caption", "x".repeat(1025));
    form.set("document", new File(["1"], "a.txt"));
    expect((await call("sendDocument", form)).description).toBe("Bad Request: message caption is too long");
  });

  rule("text-cleaned", async ({ send }) => {
    expect((await send("a\tb\r\nc\u202ed\u2028e")).result.text).toBe("a b\ncde");
  });
});

describe("HTML as Telegram reads it", () => {
  refuses("html-unsupported-tag", saysHtml("新<p>x</p>"), `${parse}Unsupported start tag "p" at byte offset 3`);
  refuses("html-unclosed-start", saysHtml("a <b"), `${parse}Unclosed start tag at byte offset 2`);
  refuses("html-unclosed-named", saysHtml("a <a href"), `${parse}Unclosed start tag "a" at byte offset 2`);
  refuses(
    "html-attribute-empty",
    saysHtml('<a ="x">y</a>'),
    `${parse}Empty attribute name in the tag "a" at byte offset 0`,
  );
  refuses("html-name-token", saysHtml("<a href=x_y>z</a>"), `${parse}Unexpected end of name token at byte offset 8`);
  refuses(
    "html-span-class",
    saysHtml("<span>x</span>"),
    `${parse}Tag "span" must have class "tg-spoiler" at byte offset 0`,
  );
  refuses("html-unexpected-end", saysHtml("新闻</b>"), `${parse}Unexpected end tag at byte offset 6`);
  refuses("html-unclosed-end", saysHtml("<b>x</b "), `${parse}Unclosed end tag at byte offset 4`);
  refuses(
    "html-unmatched-end",
    saysHtml("<b><i>test</b></i>"),
    `${parse}Unmatched end tag at byte offset 10, expected "</i>", found "</b>"`,
  );
  refuses("html-no-end", saysHtml("<b>x"), `${parse}Can't find end tag corresponding to start tag "b"`);
  refuses(
    "html-custom-emoji",
    saysHtml('<tg-emoji emoji-id="9999999999999999999">x</tg-emoji>'),
    `${parse}Invalid custom emoji identifier specified`,
  );
  refuses(
    "html-surrogates",
    saysHtml("&#55357;x"),
    `${parse}Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units`,
  );

  rule("html-named-entities", async ({ send }) => {
    const { result } = await send("&lt;&amp;&gt;&quot;&#39;&#x65b0; &nbsp;&mdash;", html);
    expect(result.text).toBe("<&>\"'新 &nbsp;&mdash;");
  });

  rule("html-link-dropped", async ({ send }) => {
    const { result } = await send('<a href="nowhere">one</a> <a href="ftp://a.example.org/">two</a>', html);
    expect(result.text).toBe("one two");
    expect(result.entities).toBeUndefined();
  });

  rule("html-nested-link", async ({ send }) => {
    const { result } = await send('<a href="https://a.example.org">x<a href="https://b.example.org">y</a>z</a>', html);
    expect(result.entities).toEqual([{ type: "text_link", offset: 0, length: 3, url: "https://a.example.org/" }]);
  });

  it("gives entities in UTF-16 units, with what each carries", async () => {
    const scene = await openScene();
    const source =
      '😀<b>粗<i>斜</i></b> <code>c</code> <pre><code class="language-js">p</code></pre> <tg-spoiler>s</tg-spoiler> ' +
      '<blockquote expandable>q</blockquote> <u>u</u><s>d</s> <a href="EXAMPLE.org">l</a> <tg-time unix="5" format="t">t</tg-time>';
    const { result } = await scene.send(source, html);
    expect(result.text).toBe("😀粗斜 c p s q ud l t");
    expect(result.entities).toEqual([
      { type: "bold", offset: 2, length: 2 },
      { type: "italic", offset: 3, length: 1 },
      { type: "code", offset: 5, length: 1 },
      { type: "pre", offset: 7, length: 1, language: "js" },
      { type: "spoiler", offset: 9, length: 1 },
      { type: "expandable_blockquote", offset: 11, length: 1 },
      { type: "underline", offset: 13, length: 1 },
      { type: "strikethrough", offset: 14, length: 1 },
      { type: "text_link", offset: 16, length: 1, url: "http://example.org/" },
      { type: "date_time", offset: 18, length: 1, unix_time: 5, date_time_format: "t" },
    ]);
    await scene.close();
  });
});

describe("MarkdownV2", () => {
  refuses(
    "markdown-reserved",
    say("hello.", { parse_mode: "MarkdownV2" }),
    `${parse}Character '.' is reserved and must be escaped with the preceding '\\'`,
  );
  refuses(
    "markdown-no-end",
    say("*unclosed", { parse_mode: "MarkdownV2" }),
    `${parse}Can't find end of Bold entity at byte offset 0`,
  );
  it("reads what is right", async () => {
    const scene = await openScene();
    const { result } = await scene.send("*b* _i_ `c` [l](https://e.example.org) 1\\.", { parse_mode: "MarkdownV2" });
    expect(result.text).toBe("b i c l 1.");
    expect(result.entities.map((e: { type: string }) => e.type)).toEqual(["bold", "italic", "code", "text_link"]);
    await scene.close();
  });
});

describe("entities", () => {
  const given = (...entities: object[]) => say("hello", { entities });
  refuses(
    "entity-type",
    given({ type: "loud", offset: 0, length: 1 }),
    "Bad Request: can't parse MessageEntity: Unsupported type specified",
  );
  refuses(
    "entity-field",
    given({ type: "text_link", offset: 0, length: 5 }),
    `Bad Request: can't parse MessageEntity: Can't find field "url"`,
  );
  refuses(
    "entity-offset",
    given({ type: "bold", offset: -1, length: 1 }),
    "Bad Request: receive an entity with incorrect offset -1",
  );
  refuses(
    "entity-length",
    given({ type: "bold", offset: 0, length: -2 }),
    "Bad Request: receive an entity with incorrect length -2",
  );
  refuses(
    "entity-begins-late",
    given({ type: "bold", offset: 100, length: 1 }),
    "Bad Request: entity begins after the end of the text at UTF-16 offset 100",
  );
  refuses(
    "entity-ends-late",
    given({ type: "bold", offset: 0, length: 100 }),
    "Bad Request: entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 100",
  );
  refuses(
    "entity-in-symbol",
    say("😀", { entities: [{ type: "bold", offset: 1, length: 1 }] }),
    "Bad Request: entity begins in a middle of a UTF-16 symbol at UTF-16 offset 1",
  );
  refuses(
    "entity-url",
    given({ type: "text_link", offset: 0, length: 5, url: "not-a-url" }),
    "Bad Request: entity URL 'not-a-url' is invalid: Wrong HTTP URL",
  );
  refuses("entities-too-long", saysHtml(links(12, 800)), "Bad Request: ENTITIES_TOO_LONG");
  refuses("preview-url", say("x", { link_preview_options: { url: "not-a-url" } }), "Bad Request: WEBPAGE_URL_INVALID");

  it("takes links below the weight", async () => {
    const scene = await openScene();
    expect((await scene.send(links(12, 600), html)).ok).toBe(true);
    await scene.close();
  });

  rule("entities-over-100", async ({ send }) => {
    const { result } = await send(`${"<b>b</b> ".repeat(30)}${links(90, 1)}`, html);
    const count = (type: string) => result.entities.filter((e: { type: string }) => e.type === type).length;
    expect([count("text_link"), count("bold")]).toEqual([90, 10]);
  });

  rule("entities-in-code", async ({ send }) => {
    const { result } = await send("<code>a<b>b</b></code>", html);
    expect(result.entities).toEqual([{ type: "code", offset: 0, length: 2 }]);
  });

  it("finds commands, links, mentions and hashtags itself", async () => {
    const scene = await openScene();
    const { result } = await scene.send(
      "/top at https://e.example.org/a, @ann_1 #新闻 a@b.example.org /search人工智能",
    );
    expect(result.entities.map((e: { type: string; offset: number; length: number }) => [e.type, e.length])).toEqual([
      ["bot_command", 4],
      ["url", 23],
      ["mention", 6],
      ["hashtag", 3],
      ["email", 15],
    ]);
    await scene.close();
  });
});

describe("keyboards", () => {
  const cannot = "Bad Request: can't parse inline keyboard button: ";
  refuses("markup-not-object", with_([]), "Bad Request: object expected as reply markup");
  refuses("markup-not-json", with_("{"), "Bad Request: can't parse reply keyboard markup JSON object");
  refuses(
    "keyboard-not-array",
    with_({ inline_keyboard: "x" }),
    'Bad Request: field "inline_keyboard" of the InlineKeyboardMarkup must be an Array',
  );
  refuses(
    "keyboard-not-rows",
    with_({ inline_keyboard: [{}] }),
    'Bad Request: field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
  );
  refuses("button-not-object", with_({ inline_keyboard: [["x"]] }), `${cannot}InlineKeyboardButton must be an Object`);
  refuses("button-field", with_({ inline_keyboard: [[{ callback_data: "x" }]] }), `${cannot}Can't find field "text"`);
  refuses("button-without-action", with_(button({})), `${cannot}Text buttons are unallowed in the inline keyboard`);
  refuses(
    "button-text-empty",
    with_({ inline_keyboard: [[{ text: " ", callback_data: "x" }]] }),
    "Bad Request: BUTTON_TEXT_INVALID",
  );
  refuses("button-data-bytes", with_(button({ callback_data: "字".repeat(22) })), "Bad Request: BUTTON_DATA_INVALID");
  refuses(
    "button-url",
    with_(button({ url: "http://localhost:3000/" })),
    "Bad Request: inline keyboard button URL 'http://localhost:3000/' is invalid: Wrong HTTP URL",
  );
  refuses(
    "button-web-app-url",
    with_(button({ web_app: { url: "http://e.example.org" } })),
    "Bad Request: inline keyboard button Web App URL 'http://e.example.org' is invalid: Only HTTPS links are allowed",
  );
  refuses("button-copy-text", with_(button({ copy_text: { text: "" } })), "Bad Request: BUTTON_COPY_TEXT_INVALID");
  refuses("button-kind", with_(button({ pay: true })), "Bad Request: BUTTON_TYPE_INVALID");

  rule("keyboard-too-long", async ({ send }) => {
    const one = { text: "b", callback_data: "x" };
    const full = Array.from({ length: 13 }, (_, row) => Array.from({ length: row < 12 ? 8 : 4 }, () => one));
    expect((await send("x", { reply_markup: { inline_keyboard: full } })).ok).toBe(true);
    const tooMany = { inline_keyboard: [...full, [one]] };
    expect((await send("x", { reply_markup: tooMany })).description).toBe("Bad Request: reply markup is too long");
    const tooWide = { inline_keyboard: [Array.from({ length: 9 }, () => one)] };
    expect((await send("x", { reply_markup: tooWide })).description).toBe("Bad Request: reply markup is too long");
    const tooHeavy = {
      inline_keyboard: full.slice(0, 4).map((row) => row.map((b) => ({ ...b, text: "字".repeat(110) }))),
    };
    expect((await send("x", { reply_markup: tooHeavy })).description).toBe("Bad Request: reply markup is too long");
  });

  it("takes 64 bytes of data and JSON as text", async () => {
    const scene = await openScene();
    const markup = JSON.stringify(button({ callback_data: "x".repeat(64) }));
    expect((await scene.send("x", { reply_markup: markup })).result.reply_markup.inline_keyboard[0][0].text).toBe("b");
    await scene.close();
  });
});
