/** The outcome of Telegram's link check: the link as it is kept, or why it is refused. */
export type CheckedLink = { url: string } | { why: string };

/**
 * Telegram's check of a link: http, https, tg and ton only; a host needs a dot (so `localhost` fails); a missing scheme
 * becomes http, an empty path a slash.
 */
export function checkLink(link: string): CheckedLink {
  const trimmed = link.trim();
  if (/^(tg|ton|tonsite):/i.test(trimmed)) return { url: trimmed };
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(trimmed);
  const protocol = scheme?.[1]?.toLowerCase() ?? "http";
  if (protocol !== "http" && protocol !== "https") return { why: "Unsupported URL protocol" };
  const rest = scheme ? trimmed.slice(scheme[0].length) : trimmed;
  const end = rest.search(/[/?#]/);
  const authority = end < 0 ? rest : rest.slice(0, end);
  const host = authority.slice(authority.lastIndexOf("@") + 1).toLowerCase();
  const name = host.replace(/:\d{0,5}$/, "");
  if (name === "") return { why: "URL host is empty" };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a host may not hold
  const wrong = /[\u0000-\u0020<>"'`{}|\\^:]/.test(name) && !/^\[[0-9a-f:.]+\]$/.test(name);
  if (wrong || !(name.includes(".") || name.startsWith("["))) return { why: "Wrong HTTP URL" };
  if (name.startsWith(".") || name.endsWith(".") || name.includes("..")) return { why: "Wrong HTTP URL" };
  const path = end < 0 ? "/" : rest[end] === "/" ? rest.slice(end) : "/" + rest.slice(end);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a link with a space or control sign inside is no link
  if (/[\u0000-\u0020]/.test(path)) return { why: "Wrong HTTP URL" };
  const user = authority.slice(0, authority.lastIndexOf("@") + 1);
  return { url: `${protocol}://${user}${host}${path}` };
}

/** `tg://user?id=5` names a person; undefined for any other link. */
export function linkedUser(link: string): number | undefined {
  const id = /^tg:(?:\/\/)?user\?(?:.*&)?id=(\d{1,15})(?:&|$)/i.exec(link.trim())?.[1];
  return id === undefined ? undefined : Number(id);
}
