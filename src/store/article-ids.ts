/**
 * An article's id is made of its time (seconds × 2^20 + n), so that the newest has the largest and a stretch of time is a
 * stretch of ids.
 */
export const idsPerSecond = 2 ** 20;

/** Ids below this are of articles without a date: they are never news. */
export const firstDatedId = 2 ** 40;
