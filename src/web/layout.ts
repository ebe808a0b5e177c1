import { html, raw } from "hono/html";
import type { Language } from "../text/index.ts";
import { webText } from "../text/web.ts";

/** A piece of a page, escaped where it came from outside. */
export type Markup = ReturnType<typeof html>;

const style = `
:root{
color-scheme:light dark;
--ink:#1b1d21;--soft:#666c75;--paper:#fff;--line:#e4e6ea;--accent:#b8481f}
@media(prefers-color-scheme:dark){
:root{--ink:#e6e8ec;--soft:#9aa1ac;--paper:#15171b;--line:#2b2f36;--accent:#f0834f}}
*{box-sizing:border-box}
body{
margin:0 auto;max-width:42rem;padding:1rem;background:var(--paper);color:var(--ink);
font:1.05rem/1.6 system-ui,"PingFang SC","Noto Sans CJK SC",sans-serif;overflow-wrap:anywhere}
a{color:inherit;text-decoration-color:var(--accent);text-underline-offset:.2em}
h1{font-size:1.45rem;line-height:1.3;margin:1rem 0 .3rem}
h2{font-size:1.05rem;margin:1.6rem 0 .4rem;border-top:1px solid var(--line);padding-top:.8rem}
header{display:flex;gap:.8rem;align-items:center;flex-wrap:wrap}
header b a{text-decoration:none;color:var(--accent)}
form{display:flex;flex:1;gap:.4rem;min-width:12rem}
input{
flex:1;min-width:0;font:inherit;padding:.35rem .6rem;border:1px solid var(--line);border-radius:.5rem;
background:transparent;color:inherit}
button{font:inherit;padding:.35rem .8rem;border:0;border-radius:.5rem;background:var(--accent);color:#fff}
ol,ul{padding-left:1.4rem}
li{margin:.5rem 0}
.why{color:var(--soft);font-size:.9rem;font-style:normal}
mark{background:none;color:var(--accent);font-weight:600}
.others a{display:inline-block;margin:0 .8rem .4rem 0}
nav{display:flex;justify-content:space-between;margin:1.2rem 0}
`;

/** Style and nothing else is allowed; pages run no script. */
export const policy =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** `asked`: what the page's address says beside the language. */
export type Frame = { language: Language; title: string; asked?: Record<string, string> };

/** What an address asks for, after its "?": the language, and whatever is not empty. */
export function queryOf(language: Language, asked: Readonly<Record<string, string>> = {}): string {
  const said = Object.entries(asked).filter(([, words]) => words !== "");
  return new URLSearchParams([["lang", language], ...said]).toString();
}

/** The page around a body: its head, a way home, a search and the other language. */
export function layout({ language, title, asked = {} }: Frame, body: Markup): Markup {
  const text = webText[language];
  const other = language === "zh" ? "en" : "zh";
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${raw(style)}</style>
</head>
<body>
<header>
<b><a href="/?lang=${language}">tidings</a></b>
<form action="/search" role="search">
<input type="hidden" name="lang" value="${language}">
<input type="search" name="q" value="${asked.q ?? ""}" placeholder="${text.placeholder}" aria-label="${text.search}" maxlength="200">
<button>${text.search}</button>
</form>
<a href="?${queryOf(other, asked)}" lang="${other}">${text.other}</a>
</header>
<main>
${body}
</main>
</body>
</html>`;
}

/** A link that goes where a reader should: web addresses only, whatever a feed said. */
export function link(url: string | null, text: string): Markup {
  if (url === null || !/^https?:\/\//i.test(url)) return html`${text}`;
  return html`<a href="${url}" rel="noopener nofollow">${text}</a>`;
}
