import { decodeBytes } from "./encoding.ts";
import { readFeed } from "./feed.ts";
export function readDocument(
  bytes: Uint8Array,
  options: { name: string; url: string | null; headers: Record<string, string>; zone: string },
) {
  const { text } = decodeBytes(bytes, { contentType: options.headers["content-type"] ?? null });
  const feed = readFeed(text, { base: options.url, zone: options.zone });
  return { title: feed?.title ?? "", articles: feed?.items ?? [] };
}
