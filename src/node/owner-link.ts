import { randomBytes } from "node:crypto";
import type { Db } from "../store/db.ts";
import { offerOwnerLink } from "../store/owners.ts";

/** 128 bits: nobody guesses it within the quarter of an hour that it lives. */
const keyBytes = 16;

/** The link that makes whoever opens it first run the bot; shown in the terminal and nowhere else. */
export async function makeOwnerLink(db: Db, username: string, now: Date): Promise<string> {
  const key = randomBytes(keyBytes).toString("base64url");
  await offerOwnerLink(db, key, now);
  return `https://t.me/${username}?start=own_${key}`;
}
