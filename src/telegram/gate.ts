/** Who goes first when there is more to send than may be sent. */
export type Priority = "breaking" | "alert" | "asked" | "digest";

/** The one gate that all pushed messages pass: Telegram's limits for all, a chat and a group. */
export type Gate = {
  /**
   * How many of `wanted` messages may go now, 0 with the time to come back when none may.
   * What was granted and not used is given back with `giveBack`.
   */
  take(wanted: number, priority: Priority): Promise<{ granted: number; againInMs: number }>;
  giveBack(granted: number): Promise<void>;
  /** May a push go to this chat now? Milliseconds to wait, 0 when it may; granted ones count at once. */
  chat(chatId: number): Promise<number>;
  /** Telegram refused with retry_after: the chat waits; two chats within a second stop everybody. */
  refused(chatId: number, retryAfterSeconds: number): Promise<void>;
  /** Until when everything stands still; null when it does not. */
  stoppedUntil(): Promise<Date | null>;
};
