import { eq } from "drizzle-orm";
import type { Db } from "./db.ts";
import { type BreakingLevel, breakingChoices, type ChatKind } from "./schema.ts";

/** What a reader wants of breaking items. */
export type BreakingChoice = { level: BreakingLevel; silent: boolean; night: "wait" | "ring" };

/** What holds until a reader chooses: people get all and sleep at night; groups and channels chose nothing yet. */
export function usualChoice(kind: ChatKind): BreakingChoice {
  return kind === "private"
    ? { level: "all", silent: false, night: "wait" }
    : { level: "none", silent: true, night: "wait" };
}

export async function choiceOf(db: Db, subscriber: { id: number; kind: ChatKind }): Promise<BreakingChoice> {
  const [row] = await db
    .select({ level: breakingChoices.level, silent: breakingChoices.silent, night: breakingChoices.night })
    .from(breakingChoices)
    .where(eq(breakingChoices.subscriberId, subscriber.id))
    .limit(1);
  return row ?? usualChoice(subscriber.kind);
}

export async function saveChoice(
  db: Db,
  subscriberId: number,
  { broadcastId, now, ...choice }: BreakingChoice & { broadcastId: number | null; now: Date },
): Promise<void> {
  const set = { ...choice, broadcastId, at: now };
  await db
    .insert(breakingChoices)
    .values({ subscriberId, ...set })
    .onConflictDoUpdate({ target: breakingChoices.subscriberId, set });
}
