import type { Config } from "../config.ts";

export const version = "1.0";

/** What an operator reads in the terminal when the playground stands. The first address is the page's. */
export function playgroundNotice(url: string): string {
  const port = new URL(url).port;
  return `
tidings ${version} · playground (no BOT_TOKEN)

  Open   ${url}        a chat with sample news
  From another machine:  ssh -L ${port}:127.0.0.1:${port} you@this-host

  Go live in three steps
  1  Telegram: @BotFather, /newbot, copy the token
  2  echo 'BOT_TOKEN=123:abc' > .env
  3  npm start

  Sample news lives in data/playground.db and never leaves this machine.
`;
}

export type LiveFacts = {
  username: string;
  url: string;
  databaseIsNew: boolean;
  sources: number;
  /** User ids of those who run the bot. */
  owners: readonly number[];
  /** Set while nobody does. */
  ownerLink: string | null;
};

/** What an operator reads when the bot serves Telegram. */
export function liveNotice(config: Config, facts: LiveFacts): string {
  const way = config.PUBLIC_URL === undefined ? "long polling (no PUBLIC_URL)" : `webhook at ${config.PUBLIC_URL}`;
  const owner =
    facts.ownerLink === null
      ? `${facts.owners.length === 1 ? "user" : "users"} ${facts.owners.join(", ")}`
      : `nobody yet: open  ${facts.ownerLink}  (15 minutes, once)`;
  const sources =
    facts.sources === 0 ? "none: send the bot /sources add https://…, or an OPML file" : `${facts.sources}`;
  return `
tidings ${version} · live as @${facts.username} · ${way}

  Owner    ${owner}
  Sources  ${sources}
  Data     ${config.DATABASE_PATH}${facts.databaseIsNew ? " (new)" : ""}
  Health   ${facts.url}/health
`;
}
