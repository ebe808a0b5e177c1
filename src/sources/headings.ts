const headingCharsMax = 40;

const related = new RegExp(
  "^(?:相关(?:内容|阅读|新闻|推荐|报道|资讯|文章|链接|专题|信息)?|(?:延伸|推荐|关联|拓展|更多)阅读|猜你喜欢|(?:为[您你])?(?:精彩|编辑|今日|精选|热心)?推荐|" +
    "推荐(?:文章|新闻|内容|资讯|视频)|更多(?:新闻|内容|推荐|精彩|资讯|文章|报道)|大家(?:都)?在看|[你您]可能(?:还)?(?:感兴趣|喜欢|想看)(?:的)?|" +
    "related(?: (?:content|news|stories|articles|posts|topics|coverage))?|(?:more|read) (?:on this|like this|more|next)|" +
    "recommended(?: (?:for you|stories|articles))?|you (?:may|might) also like|see also|" +
    "関連(?:記事|ニュース|リンク)|(?:おすすめ|あわせて読みたい)(?:記事|の記事)?|관련 ?(?:기사|뉴스))$",
  "i",
);
const hot = new RegExp(
  "^(?:热门(?:资讯|新闻|内容|推荐|文章|阅读|排行|话题|视频|评论)?|热点(?:资讯|新闻|排行|推荐|聚焦)?|今日(?:热点|热榜|头条)|热[榜搜文](?:榜|排行)?|" +
    "(?:新闻|点击|阅读|本周|今日|24小时|一周|热点|人气|文章)?排行榜?|(?:24|48)小时(?:热[文点闻]|排行)|最热(?:新闻|文章)?|" +
    "hot (?:news|topics|stories)|most (?:read|popular|viewed|shared)(?: (?:stories|articles|news))?|(?:trending|popular)(?: now| stories| news)?|top stories|" +
    "(?:アクセス|記事)?ランキング|人気(?:記事|ニュース)(?:ランキング)?|많이 본 (?:뉴스|기사))$",
  "i",
);

/** Which list a heading stands over («相关内容», «热门资讯», «Most read»); null when it is no such heading. */
export function listHeading(line: string): "related" | "hot" | null {
  if (line.length > headingCharsMax) return null;
  const text = line.replace(/^[#■●◆▎▌|丨\s【[]+|[\s:：】\]>»›]+$/g, "");
  if (related.test(text)) return "related";
  return hot.test(text) ? "hot" : null;
}
