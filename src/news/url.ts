/** Longer addresses are no article's: browsers and Telegram refuse them as well. */
const urlCharsMax = 4_096;

/**
 * One form for all the addresses of one page, to know an article again by; it is a key, never shown or fetched.
 * Trackers, fragments, scheme, default ports, www and mobile hosts, AMP forms, index pages, closing slashes and the
 * order of the query make no difference. Null for what is no http(s) address.
 */
export function canonicalUrl(url: string): string | null {
  let parsed = parse(url);
  if (parsed === null) return null;
  parsed = unwrapped(parsed);
  const host = parsed.hostname.replace(/\.$/, "").replace(sideHost, "");
  const port = parsed.port === "" || parsed.port === "80" || parsed.port === "443" ? "" : `:${parsed.port}`;
  const query = keptQuery(parsed, host);
  // "#!/article/5" and "#/article/5" are addresses of their own on pages that are programs.
  const fragment = /^#!?\/./.test(parsed.hash) ? parsed.hash : "";
  return `https://${host}${port}${tidyPath(parsed.pathname)}${query === "" ? "" : `?${query}`}${fragment}`;
}

/** The absolute http(s) address of a link found at `base`; null when it leads nowhere that can be read. */
export function absoluteUrl(href: string, base?: string | null): string | null {
  // Inside an address, browsers drop tabs and line breaks; at its ends, white space.
  const clean = href.replace(/[\t\n\r]/g, "").trim();
  if (clean === "" || clean.length > urlCharsMax) return null;
  const parsed = URL.parse(clean, base ?? undefined);
  return parsed !== null && isWeb(parsed) ? parsed.href : null;
}

/** The host as people say it, without www and mobile prefixes: "www.nangang.example" → "nangang.example". */
export function siteOf(url: string): string {
  return parse(url)?.hostname.replace(/\.$/, "").replace(sideHost, "") ?? "";
}

function parse(url: string): URL | null {
  const clean = url.trim();
  if (clean.length > urlCharsMax) return null;
  const parsed = URL.parse(clean);
  return parsed !== null && isWeb(parsed) && parsed.hostname !== "" ? parsed : null;
}

function isWeb(url: URL): boolean {
  return url.protocol === "http:" || url.protocol === "https:";
}

/** Hosts that show the same pages in another dress. What is left must still be a name: "m.cn" stays. */
const sideHost = /^(?:www\d?|m|mobile|wap|amp|touch|3g|4g)\.(?=[^.]+\.[^.])/;

/** An address that only carries another: AMP caches and the redirects that search engines and feeds put in front. */
function unwrapped(url: URL): URL {
  const cache = /^\/(?:[a-z]\/)?(?:s\/)?([^/]+\.[^/]+\/.*)$/.exec(url.pathname);
  if (url.hostname.endsWith(".cdn.ampproject.org") && cache !== null) {
    return parse(`https://${cache[1]}${url.search}`) ?? url;
  }
  const google = /^\/amp\/(?:s\/)?([^/]+\.[^/]+(?:\/.*)?)$/.exec(url.pathname);
  if (/^(?:www\.)?google\.[a-z.]+$/.test(url.hostname)) {
    if (google !== null) return parse(`https://${google[1]}${url.search}`) ?? url;
    if (url.pathname === "/url") return parse(url.searchParams.get("url") ?? url.searchParams.get("q") ?? "") ?? url;
  }
  return url;
}

function tidyPath(path: string): string {
  const tidy = path
    .replace(/;(?:jsessionid|phpsessid|sid)=[^/;]*/gi, "")
    .replace(/%[0-9a-f]{2}/gi, unescaped)
    .replace(/\/{2,}/g, "/")
    .replace(/\/(?:index|default)\.(?:html?|shtml|php\d?|jsp|aspx?|cfm)$/i, "/")
    .replace(/\/amp(?:\.html?)?\/?$/i, "/")
    .replace(/[./]amp(\.s?html?)$/i, "$1")
    .replace(/\.amp$/i, "");
  return tidy.length > 1 ? tidy.replace(/\/$/, "") : tidy;
}

/** "%7E" and "~" are the same; what must stay escaped is written in capitals. */
function unescaped(code: string): string {
  const char = String.fromCharCode(Number.parseInt(code.slice(1), 16));
  return /[\w.~-]/.test(char) ? char : code.toUpperCase();
}

function keptQuery(url: URL, host: string): string {
  const own = onlyThese.get(host);
  const kept = [...url.searchParams].filter(([name, value]) => {
    if (own?.path.test(url.pathname)) return own.names.has(name);
    return !isTracker(name.toLowerCase(), value.toLowerCase());
  });
  kept.sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0));
  return new URLSearchParams(kept).toString();
}

/** Sites whose articles are named by some parameters, the rest being how somebody came. */
const onlyThese = new Map<string, { path: RegExp; names: Set<string> }>([
  ["mp.weixin.qq.com", { path: /^\/s\/?$/, names: new Set(["__biz", "mid", "idx", "sn"]) }],
  ["youtube.com", { path: /^\/watch$/, names: new Set(["v"]) }],
  ["news.google.com", { path: /^\/(?:rss\/)?articles\//, names: new Set() }],
]);

function isTracker(name: string, value: string): boolean {
  if (trackerStarts.test(name) || trackers.has(name)) return true;
  // Short names that are a page's own as often as not: only with the values that sharing gives them.
  if (sideways.has(name)) return value === "" || sharing.test(value);
  return (name === "amp" && /^(?:1|true|)$/.test(value)) || (name === "outputtype" && value === "amp");
}

const trackerStarts =
  /^(?:utm_|ga_|mtm_|pk_|piwik_|matomo_|hsa_|oly_|vero_|mc_|_hs|sc_|wt\.|wt_|at_|itm_|cmp_|trk_|ns_|share_|tt_from)/;

const trackers = new Set(
  (
    "fbclid gclid gclsrc dclid gbraid wbraid msclkid twclid ttclid yclid ysclid igshid igsh li_fat_id _ga _gl " +
    "_openstat mkt_tok ncid cmpid icid ocid ito sr_share smid smtyp partner emc s_cid s_kwcid cid_source " +
    "rss_source feed_source spm scm spm_id_from vd_source chksm sharer_shareid sharer_sharetime " +
    "sharer_shareuid shareuid sharetoken isappinstalled from_source log_from refer_scene refer_flag wxshare " +
    "wx_fmt nsukey wfr for_from forwhere tj_ucheck tj_cmode tj_url jsessionid phpsessid aspsessionid sessionid " +
    "session_id sid_token ref_src ref_url referer referrer __twitter_impression guccounter guce_referrer " +
    "guce_referrer_sig soc_src soc_trk cn-reloaded _branch_match_id _ke elqtrackid elqtrack xtor echobox " +
    "rb_clickid wickedid epik rdt_cid trkcampaign zanpid nr_email_referer sfnsn mibextid fb_action_ids " +
    "fb_action_types fb_ref fb_source action_object_map action_type_map recommid utm"
  ).split(" "),
);

const sideways = new Set([
  "from",
  "ref",
  "source",
  "src",
  "share",
  "scene",
  "via",
  "feature",
  "mobile",
  "wap",
  "platform",
]);
const sharing = new RegExp(
  "^(?:wap|m|mobile|pc|app|ios|android|h5|rss|feed|atom|share|shared|social|twitter|x|facebook|weibo|wechat|weixin|" +
    "qq|telegram|email|newsletter|homepage|home|timeline|singlemessage|groupmessage|search|baidu|google|toutiao|" +
    "\\d{1,3}|.*rss.*|.*share.*)$",
);
