/** What one invocation asked of the platform. */
export type Seen = {
  what: string;
  /** Statements of D1, those of batches counted one by one, and the calls in which they went. */
  queries: number;
  trips: number;
  parametersMost: number;
  sqlBytesMost: number;
  valueBytesMost: number;
  fetches: number;
  /** Calls of the gate's object. */
  object: number;
  /** Calls of the queue, the messages in them, and the most in one. */
  sends: number;
  messages: number;
  batchMost: number;
  /** Calls of any kind that waited for their answers at once. */
  open: number;
  openMost: number;
  wallMs: number;
  error: string;
  /** The first statements, for a look at what they are. */
  list: string[];
  listMax: number;
};

export function fresh(what: string): Seen {
  return {
    ...{ what, queries: 0, trips: 0, parametersMost: 0, sqlBytesMost: 0, valueBytesMost: 0, fetches: 0, object: 0 },
    ...{ sends: 0, messages: 0, batchMost: 0, open: 0, openMost: 0, wallMs: 0, error: "", list: [], listMax: 40 },
  };
}

/** Calls of any kind: what Cloudflare counts as subrequests. */
export function subrequestsOf({ fetches, trips, object, sends }: Seen): number {
  return fetches + trips + object + sends;
}

/** Cloudflare's limits of one invocation on the paid plan (see CONTRIBUTING.md). */
export const limits = {
  ...{ subrequests: 10_000, queries: 1_000, open: 6, parameters: 100, sqlBytes: 100_000, batch: 100, seconds: 900 },
};
