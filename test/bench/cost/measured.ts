import type { Units } from "./units.ts";

/** The last counts of `npm run bench -- cost --json`; the README's costs are made of them. */
export const measured: Units = {
  minute: {
    invocations: 12,
    subrequests: 53,
    rowsRead: 104,
    rowsWritten: 0,
    messages: 11,
    objectRequests: 22,
    cpuMs: 279.532,
  },
  article: {
    invocations: 0,
    subrequests: 1.724,
    rowsRead: 130.329,
    rowsWritten: 31.658,
    messages: 0,
    objectRequests: 0,
    cpuMs: 29.789,
  },
  update: {
    invocations: 1,
    subrequests: 12.667,
    rowsRead: 237,
    rowsWritten: 6.667,
    messages: 0,
    objectRequests: 1,
    cpuMs: 88.062,
  },
  slow: {
    invocations: 0.008,
    subrequests: 3.117,
    rowsRead: 94.708,
    rowsWritten: 25.083,
    messages: 0.008,
    objectRequests: 0.283,
    cpuMs: 13.854,
    perSecond: 30,
  },
  fast: {
    invocations: 0.003,
    subrequests: 2.178,
    rowsRead: 85.035,
    rowsWritten: 25.017,
    messages: 0.003,
    objectRequests: 0.035,
    cpuMs: 7.022,
    perSecond: 1000,
  },
  bytes: {
    article: 14228,
    subscriber: 215,
    delivery: 420,
  },
  measuredAt: "2026-11-22",
};
