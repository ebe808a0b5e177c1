/** A lane that is not entered anew for so long was left by a crash. */
export const laneLeaseMs = 30_000;

/** Who works on what, across invocations: each kind of bulk work goes on in as many of them as it may. */
export type Lanes = {
  /**
   * Takes a place in a lane, or keeps it (the same token), and tells how many are taken then; 0: all were taken, and one
   * who is there will look again.
   */
  enter(lane: string, token: string, places: number): Promise<number>;
  /** Gives the place back; true when somebody came meanwhile, so that the work is to be looked at once more. */
  leave(lane: string, token: string): Promise<boolean>;
};

/** The lanes in one memory. A restart forgets them, and then two may do the same: rows are claimed one by one. */
export function createLanes(now: () => Date): Lanes {
  const lanes = new Map<string, { holders: Map<string, number>; again: boolean }>();

  return {
    async enter(name, token, places) {
      const at = now().getTime();
      const lane = lanes.get(name) ?? { holders: new Map<string, number>(), again: false };
      lanes.set(name, lane);
      for (const [holder, until] of lane.holders) if (until <= at) lane.holders.delete(holder);
      if (!lane.holders.has(token) && lane.holders.size >= places) {
        lane.again = true;
        return 0;
      }
      lane.holders.set(token, at + laneLeaseMs);
      return lane.holders.size;
    },
    async leave(name, token) {
      const lane = lanes.get(name);
      if (lane === undefined) return false;
      lane.holders.delete(token);
      const { again } = lane;
      lane.again = false;
      if (lane.holders.size === 0) lanes.delete(name);
      return again;
    },
  };
}
