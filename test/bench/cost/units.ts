/** What one event takes on Cloudflare. */
export type Unit = {
  invocations: number;
  /** Calls to D1, to Telegram, to the gate's object and to the queue. */
  subrequests: number;
  rowsRead: number;
  rowsWritten: number;
  /** Put into the queue. */
  messages: number;
  objectRequests: number;
  /** Of this machine, the local D1's protocol included: more than the worker's own. */
  cpuMs: number;
};

export type Units = {
  /** A minute in which nothing is due. */
  minute: Unit;
  /** An article, with its index and its story. */
  article: Unit;
  /** What a person says or presses. */
  update: Unit;
  /** A source that is asked and has nothing new, its name's two lookups included. */
  read: Unit;
  /** An alert's message, from the article that matches to its place in the ledger. */
  alert: Unit;
  /** A digest, from its plan to its place in the ledger, at 30 a second, and at the rate that is paid for. */
  slow: Unit & { perSecond: number };
  fast: Unit & { perSecond: number };
  /** What each takes in the database, with its indexes. */
  bytes: { article: number; subscriber: number; delivery: number };
  measuredAt: string;
};
