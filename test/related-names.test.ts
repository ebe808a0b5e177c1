import { expect, it } from "vitest";
import { emptyDraft } from "../src/news/article.ts";
import { sharedName } from "../src/news/related.ts";

function told(title: string, body: string) {
  return { ...emptyDraft(title), body };
}

const evenly = () => 1;

it.each([
  ["临澜机场取消明日早班", "台风逼近，临澜全市停课。", "临澜机场"],
  ["临澜转移4.2万人", "已有4.2万人转移到高处，临澜发布预警。", "临澜"],
  ["第21号台风生成", "今年第21号台风来了。", "台风"],
  ["沿海六县停课", "沿海六县今天停课。", "沿海"],
  ["六县停课停航", "六县停课停航，渡轮停运。", "停课停航"],
])("%s and «%s» share %s", (title, body, name) => {
  const found = sharedName(told(title, body), told("另一件事", body), evenly);
  expect(found).not.toBeNull();
  expect(name).toContain(found);
});

it("names in English have a capital", () => {
  const a = told("Airport at Linlan cancels flights", "");
  const b = told("Storm nears", "Schools in Linlan are shut.");
  expect(sharedName({ ...a, language: "en" }, { ...b, language: "en" }, evenly)).toBe("Linlan");
});
