/** A quotient of this many and more is written as it is: one odd number must not take a thousand bits. */
const quotientMax = 16;
const plainBits = 24;
/** Numbers that can be written are smaller than this. */
export const codedMax = 2 ** plainBits;
/** Bytes of a number at the most. */
const bytesMax = (quotientMax + plainBits) / 8;
/** Parameters of the code are smaller than this, so that a number is read in one look at 32 bits. */
const parametersMax = 16;

/**
 * Numbers in Rice's code (R. F. Rice, 1979): a number's upper part as so many zeros and a one, then its lower `k` bits.
 * Where numbers are geometrically distributed, as gaps between a word's articles are, no code of whole bits is shorter
 * but Golomb's, which needs a division.
 */
export class BitWriter {
  #bytes = new Uint8Array(4_096);
  /** Whole bytes written, and of the next one the bits so far, to the right, and how many. */
  #length = 0;
  #bits = 0;
  #pending = 0;

  /** Bytes written; what follows begins at a whole byte. */
  align(): number {
    if (this.#pending > 0) this.#put(0, 8 - this.#pending);
    return this.#length;
  }

  clear(): void {
    this.#length = this.#bits = this.#pending = 0;
  }

  /** Copies bytes; a loop is quicker than a view of a few. */
  copy(from: number, to: number, into: Uint8Array, at: number): void {
    const bytes = this.#bytes;
    for (let n = from; n < to; n++) into[at + n - from] = bytes[n]!;
  }

  rice(value: number, k: number): void {
    const quotient = value >>> k;
    const rest = (1 << k) | (value & ((1 << k) - 1));
    if (quotient < quotientMax && quotient + k < plainBits) {
      this.#put(rest, quotient + k + 1);
    } else if (quotient < quotientMax) {
      this.#put(0, quotient);
      this.#put(rest, k + 1);
    } else {
      this.#put(0, quotientMax);
      this.#put(value, plainBits);
    }
  }

  /**
   * So many numbers, with two parameters by turns: the same as `rice`, in one loop that keeps all in registers, as most of
   * the time of making a segment is here.
   */
  rices(values: Int32Array, count: number, [even, odd]: readonly [number, number]): void {
    const most = this.#length + count * bytesMax + 4;
    while (most > this.#bytes.length) this.#grow();
    const bytes = this.#bytes;
    let at = this.#length;
    let all = this.#bits;
    let pending = this.#pending;
    for (let n = 0; n < count; n++) {
      const value = values[n]!;
      const k = (n & 1) === 0 ? even : odd;
      const quotient = value >>> k;
      if (quotient < quotientMax && quotient + k < plainBits) {
        all = (all << (quotient + k + 1)) | (1 << k) | (value & ((1 << k) - 1));
        pending += quotient + k + 1;
        while (pending >= 8) {
          pending -= 8;
          bytes[at++] = all >>> pending;
        }
      } else {
        this.#length = at;
        this.#bits = all & ((1 << pending) - 1);
        this.#pending = pending;
        this.rice(value, k);
        at = this.#length;
        all = this.#bits;
        pending = this.#pending;
      }
    }
    this.#length = at;
    this.#bits = all & ((1 << pending) - 1);
    this.#pending = pending;
  }

  /** At most 24 bits: with the seven that may be pending they fit in 31. */
  #put(value: number, bits: number): void {
    if (this.#length + 4 > this.#bytes.length) this.#grow();
    let pending = this.#pending + bits;
    const all = (this.#bits << bits) | value;
    let at = this.#length;
    const bytes = this.#bytes;
    while (pending >= 8) {
      pending -= 8;
      bytes[at++] = all >>> pending;
    }
    this.#length = at;
    this.#pending = pending;
    this.#bits = all & ((1 << pending) - 1);
  }

  #grow(): void {
    const wider = new Uint8Array(this.#bytes.length * 2);
    wider.set(this.#bytes);
    this.#bytes = wider;
  }
}

type Gaps = { count: number; k: number; last: number };

export class BitReader {
  #bytes: Uint8Array = new Uint8Array();
  #at = 0;

  /** Reads on from this byte. */
  open(bytes: Uint8Array, at: number): void {
    this.#bytes = bytes;
    this.#at = at * 8;
  }

  /**
   * So many numbers, each beside the one before it plus one, after `last`: gaps as they are written. The same as `rice`, in
   * one loop that keeps all in registers: most of a search's time is here. With `starts`, each is followed by how often
   * less one, as so many zeros and a one: there are the sums of all before each, and at last of all.
   */
  gaps(into: Int32Array, { count, k, last }: Gaps, starts: Int32Array | null = null): number {
    const bytes = this.#bytes;
    let at = this.#at;
    let value = last;
    let start = 0;
    for (let n = 0; n < count; n++) {
      const byte = at >>> 3;
      const word =
        (((bytes[byte]! << 24) | (bytes[byte + 1]! << 16) | (bytes[byte + 2]! << 8) | bytes[byte + 3]!) << (at & 7)) |
        (bytes[byte + 4]! >> (8 - (at & 7)));
      const quotient = Math.clz32(word);
      if (quotient < quotientMax) {
        at += quotient + 1 + k;
        // Shifting twice: by 32 bits at once nothing is shifted.
        value += ((quotient << k) | (((word << (quotient + 1)) >>> 1) >>> (31 - k))) + 1;
      } else {
        value += (look(bytes, at + quotientMax) >>> (32 - plainBits)) + 1;
        at += quotientMax + plainBits;
      }
      into[n] = value;
      if (starts === null) continue;
      starts[n] = start;
      // Most have nothing but the one.
      if ((bytes[at >>> 3]! << (at & 7)) & 0x80) {
        at += 1;
        start += 1;
      } else {
        this.#at = at;
        start += this.rice(0) + 1;
        at = this.#at;
      }
    }
    if (starts !== null) starts[count] = start;
    this.#at = at;
    return value;
  }

  rice(k: number): number {
    const word = look(this.#bytes, this.#at);
    const quotient = Math.clz32(word);
    if (quotient < quotientMax) {
      this.#at += quotient + 1 + k;
      return k === 0 ? quotient : (quotient << k) | ((word << (quotient + 1)) >>> (32 - k));
    }
    const value = look(this.#bytes, this.#at + quotientMax) >>> (32 - plainBits);
    this.#at += quotientMax + plainBits;
    return value;
  }
}

/** The 32 bits from here on; beyond the end are zeros. */
function look(bytes: Uint8Array, at: number): number {
  const byte = at >>> 3;
  const shift = at & 7;
  const word = (bytes[byte]! << 24) | (bytes[byte + 1]! << 16) | (bytes[byte + 2]! << 8) | bytes[byte + 3]!;
  return shift === 0 ? word : (word << shift) | (bytes[byte + 4]! >>> (8 - shift));
}

/** The parameter by which numbers with this sum take the fewest bits: near the logarithm of ln 2 times their mean. */
export function riceParameter(sum: number, count: number): number {
  // Half a bit more, as it is cut and not rounded.
  const wanted = 31 - Math.clz32((sum / count) * Math.LN2 * Math.SQRT2);
  return wanted < 0 ? 0 : wanted < parametersMax ? wanted : parametersMax - 1;
}
