/**
 * The table of sorting by counting (H. H. Seward, 1954): how often each digit is met, then where the rows with it go.
 * Between two sortings, which nothing interrupts, it is empty; so one of a million digits costs a small sorting nothing.
 */
export class Digits {
  readonly #table: Int32Array;
  readonly #met: Int32Array;
  #length = 0;

  /** For digits below this. */
  constructor(below: number) {
    this.#table = new Int32Array(below);
    this.#met = new Int32Array(below);
  }

  meet(digit: number): void {
    if (this.#table[digit]!++ === 0) this.#met[this.#length++] = digit;
  }

  /** All were met: gives them in ascending order, for as long as they are not forgotten. */
  order(): Int32Array {
    const met = this.#met.subarray(0, this.#length).sort();
    let start = 0;
    for (let n = 0; n < met.length; n++) {
      const count = this.#table[met[n]!]!;
      this.#table[met[n]!] = start;
      start += count;
    }
    return met;
  }

  /** Where the next row with this digit goes. */
  place(digit: number): number {
    return this.#table[digit]!++;
  }

  /** When all rows are in their places: where those of this digit end. */
  end(digit: number): number {
    return this.#table[digit]!;
  }

  forget(): void {
    for (let n = 0; n < this.#length; n++) this.#table[this.#met[n]!] = 0;
    this.#length = 0;
  }
}
