/** A line that names people is short; a longer one tells something. */
const creditCharsMax = 120;
const labelCharsMax = 14;

const roleWords =
  "策划|监制|统筹|终审|主笔|撰稿|撰文|执笔|采写|采访|文字|文案|文稿|记者|通讯员|实习生|作者|编辑|责编|主编|编审|审核|审校|审稿|校对|校审|视觉|美编|设计|海报|制图|绘图|" +
  "插画|图表|图片|摄影|摄像|拍摄|剪辑|视频|音频|配音|播音|主播|出镜|导演|编导|编剧|制片|制作|出品|动画|后期|包装|技术|运营|新媒体|值班|翻译|编译|来源|鸣谢|协调|报道员|" +
  "参与|供稿|供图|排版|美术|文|图|题图|封面|总编|主任|顾问|指导|支持|三审|二审|一审|初审|复审|签发";
const label = new RegExp(
  `^[（(【\\[]?[^:：。，,！？]{0,${labelCharsMax - 4}}(?:${roleWords})[^:：。，,！？]{0,4}[:：丨|]\\s*(.+)$`,
  "u",
);
const short = /^[（(【[]?(?:文|图|文字|图片|摄影|图文|文图|编辑|责编)\s?[/／丨|]\s*(.+)$/u;
const english = new RegExp(
  "^[([]?(?:(?:Written|Edited|Reporting|Editing|Produced|Photos?|Photography|Graphics?|Illustrations?|Video|" +
    "Research|Translated|Additional reporting)(?: and \\w+)? by|" +
    "(?:Producers?|Editors?|Reporters?|Writers?|Photos?|Photographer|Graphics?|Design|Video|Source)\\s?:)\\s*\\S",
  "i",
);
const signed = /^[^。！？，,;；]{2,30}(?:出品|制作|联合制作|联合出品|供稿|供图|编辑部|工作室|融媒体中心)[)）】\]]?$/u;

/** Whether a paragraph names who made the text (「策划：…」「…工作室出品」) and tells nothing. */
export function isCredit(paragraph: string): boolean {
  const text = paragraph.trim();
  if (text.length > creditCharsMax) return false;
  if (english.test(text)) return !/[.!?]\s+[A-Z][a-z]+ (?:said|is|was|has)\b/.test(text);
  const named = label.exec(text)?.[1] ?? short.exec(text)?.[1];
  if (named === undefined) return signed.test(text);
  return !/[。！？!?]./u.test(named) && everyPartShort(named);
}

/** Tells the credits at a text's end from its body. What stands between two credits belongs to them. */
export function splitCredits(paragraphs: string[]): { body: string[]; credits: string[] } {
  let end = paragraphs.length;
  while (end > 1 && isCredit(paragraphs[end - 1]!)) end--;
  return { body: paragraphs.slice(0, end), credits: paragraphs.slice(end).map((line) => line.trim()) };
}

/** Names and houses are short; a sentence behind a colon is not a list of them. */
function everyPartShort(named: string): boolean {
  return named.split(/[\s、,，;；/|丨:：()（）&和]+/).every((part) => part.length <= 16);
}
