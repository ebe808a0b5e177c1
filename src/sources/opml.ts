import { generateOpml, type Opml } from "feedsmith";
import { absoluteUrl } from "../news/url.ts";
import { plainLine } from "./plain.ts";
import { childOf, readXml, type XmlElement } from "./xml.ts";

/** Sources of one file; nobody follows more by hand. */
const outlinesMax = 5_000;

/** A source as a list of subscriptions names it. */
export type Outline = { title: string; url: string; site: string | null; language: string; sections: string[] };

/** Reads OPML, well-formed or not: every outline with an address, its folders as sections. Null when it is none. */
export function readOpml(xml: string): { title: string; outlines: Outline[] } | null {
  const root = childOf(readXml(xml, { base: null }), "opml");
  if (root === null) return null;
  const head = childOf(root, "head");
  const title = head === null ? null : childOf(head, "title");
  const outlines: Outline[] = [];
  const seen = new Set<string>();
  const walk = (element: XmlElement, sections: string[]): void => {
    for (const child of element.children) {
      if (typeof child === "string" || outlines.length >= outlinesMax) continue;
      const name = plainLine(child.attributes["title"] || child.attributes["text"] || "");
      const url = absoluteUrl(
        child.attributes["xmlurl"] ?? (child.attributes["type"] === "rss" ? (child.attributes["url"] ?? "") : ""),
      );
      if (url !== null && !seen.has(url)) {
        seen.add(url);
        const own = (child.attributes["category"] ?? "")
          .split(/[,/]/)
          .map((part) => part.trim())
          .filter((part) => part !== "");
        const site = absoluteUrl(child.attributes["htmlurl"] ?? "");
        outlines.push({
          title: name,
          url,
          site,
          language: child.attributes["language"] ?? "",
          sections: [...new Set([...sections, ...own])],
        });
      }
      walk(child, url === null && child.name === "outline" && name !== "" ? [...sections, name] : sections);
    }
  };
  walk(root, []);
  return {
    title:
      title === null ? "" : plainLine(title.children.map((child) => (typeof child === "string" ? child : "")).join("")),
    outlines,
  };
}

/** Writes sources as OPML, in folders by their first section. */
export function writeOpml(sources: Outline[], options: { title: string; now: Date }): string {
  const folders = new Map<string, Outline[]>();
  for (const source of sources) {
    const folder = source.sections[0] ?? "";
    folders.set(folder, [...(folders.get(folder) ?? []), source]);
  }
  const outline = (source: Outline) => ({
    ...{ text: source.title, title: source.title, type: "rss", xmlUrl: source.url },
    ...(source.site === null ? {} : { htmlUrl: source.site }),
    ...(source.language === "" ? {} : { language: source.language }),
  });
  const outlines: Opml.Outline<Date>[] = [...folders].flatMap(([folder, inside]): Opml.Outline<Date>[] =>
    folder === "" ? inside.map(outline) : [{ text: folder, outlines: inside.map(outline) }],
  );
  return generateOpml({ head: { title: options.title, dateCreated: options.now }, body: { outlines } });
}
