/** Something that goes wrong on purpose, for the next `times` calls that match. */
export type Fault = {
  kind: "flood" | "gateway" | "slow" | "reset" | "refuse";
  /** Only this method, this chat; any when left out. */
  method?: string;
  chatId?: number;
  /** How often; once when left out. `Number.POSITIVE_INFINITY` until `clear`. */
  times?: number;
  /** Calls that pass before the first fault. */
  after?: number;
  /** flood: seconds of `retry_after`; 5 when left out. */
  retryAfter?: number;
  /** slow: milliseconds before the answer; 1,000 when left out. */
  ms?: number;
  /** gateway, reset: the call is done, only its answer is lost. */
  delivered?: boolean;
  /** refuse: the answer; "Forbidden: bot was blocked by the user" when left out. */
  code?: number;
  description?: string;
};

const faultsMax = 10_000;

/** The faults that wait for their calls. */
export class Faults {
  #list: Fault[] = [];

  add(fault: Fault): void {
    if (this.#list.length >= faultsMax) throw new Error(`more than ${faultsMax} faults`);
    this.#list.push({ ...fault });
  }

  clear(): void {
    this.#list = [];
  }

  /** The first fault that fits the call, used up by one. */
  take(method: string, chatId: unknown): Fault | undefined {
    if (this.#list.length === 0) return undefined;
    for (const fault of this.#list) {
      if (fault.method !== undefined && fault.method.toLowerCase() !== method) continue;
      if (fault.chatId !== undefined && fault.chatId !== Number(chatId)) continue;
      if ((fault.after ?? 0) > 0) {
        fault.after!--;
        continue;
      }
      fault.times = (fault.times ?? 1) - 1;
      if (fault.times <= 0) this.#list.splice(this.#list.indexOf(fault), 1);
      return fault;
    }
    return undefined;
  }
}
