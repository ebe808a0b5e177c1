import { termSet } from "./term-set.ts";
import { tokenize } from "./terms.ts";

/**
 * Words that stand in news of every kind and so say nothing about one: reporting verbs, datelines, days, connectives.
 * A grown archive learns these itself; a young one cannot tell yet.
 */
const chinese = `
记者 报道 表示 日电 消息 今天 今日 昨天 昨日 日前 近日 当天 目前 此前 随后 之后 其中 以及 通过 进行 对于 关于 由于 因此 但是 同时 此外 另外 并且 如果 已经 正在 可以 能够 可能 需要 应该
成为 作为 称为 介绍 指出 认为 透露 获悉 了解 据悉 据了 通报 发布 发表 公布 宣布 公告 回应 相关 有关 部门 单位 工作 人员 方面 情况 问题 进一 一步 一个 一名 一些 这个 这些 我们 他们 自己
没有 不是 就是 还是 也是 都是 可是 以来 以上 以下 左右 期间 时间 小时 分钟 上午 下午 晚上 凌晨 中午 年初 年底 月份 北京 中国 新闻 新华 华社 中新 央视 本报 本网 编辑 来源 原标 标题 责任
任编 图片 视频 客户 户端 微信 微博 关注 网友 最新 快讯 突发 重磅 独家 年来 日在 日晚 日下 日上 日凌 日起 月起 的是 了一 是一 在一 这一 为了 与此 此同 被称 称其 其实 不过 而且 因为 所以
然而 继续
`;
const english = `
the and for that this with from have has had was were are been being will would could should may might can not
but its his her their they them our your you who what when where which while after before over under into
about more most than then also said says say told tell according report reporter news new one two three first
last year month week day today yesterday monday tuesday wednesday thursday friday saturday sunday january
february march april may june july august september october november december people official government
company spokesman spokesperson statement added between against during through some other many all any out off
how why there here just only still even such because however meanwhile since until now did does done get got
make made take took come came see set up in on at to of by as is it be an or if so no he she we us do
`;

const has = termSet([...tokenize(chinese.replaceAll("\n", " ")).terms, ...tokenize(english).terms]);

export function isCommon(term: number): boolean {
  return has(term);
}
