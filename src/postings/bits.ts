/** A quotient of this many and more is written as it is: one odd number must not take a thousand bits. */
const quotientMax = 16;
const plainBits = 24;
/** Numbers that can be written are smaller than this. */
export const codedMax = 2 ** plainBits;
/** Parameters of the code are smaller than this, so that a number is read in one look at 32 bits. */
const parametersMax = 16;

/**
 * Numbers in Rice's code (R. F. Rice, 1979): a number's upper part as so many zeros and a one, then its lower `k` bits.
 * Where numbers are geometrically distributed, as gaps between a word's articles are, no code of whole bits is shorter
 * but Golomb's, which needs a division.
 */
export class BitWriter {
  #bytes = new Uint8Array(4_096);
  /** Bits written. */
  #length = 0;

  /** Bytes written; what follows begins at a whole byte. */
  align(): number {
    this.#length = (this.#length + 7) & ~7;
    return this.#length >>> 3;
  }

  clear(): void {
    this.#bytes[0] = this.#bytes[1] = this.#bytes[2] = 0;
    this.#length = 0;
  }

  /** Copies bytes; a loop is quicker than a view of a few. */
  copy(from: number, to: number, into: Uint8Array, at: number): void {
    const bytes = this.#bytes;
    for (let n = from; n < to; n++) into[at + n - from] = bytes[n]!;
  }

  rice(value: number, k: number): void {
    const quotient = value >>> k;
    if (quotient < quotientMax) {
      this.#length += quotient;
      this.#put((1 << k) | (value & ((1 << k) - 1)), k + 1);
    } else {
      this.#length += quotientMax;
      this.#put(value, plainBits);
    }
  }

  #put(value: number, bits: number): void {
    if ((this.#length >>> 3) + 8 > this.#bytes.length) this.#grow();
    const bytes = this.#bytes;
    const at = this.#length >>> 3;
    // At most 24 bits, seven to the right of a byte's edge at the most: they fit in 32, from the left.
    const word = (value << (32 - bits)) >>> (this.#length & 7);
    bytes[at]! |= word >>> 24;
    bytes[at + 1] = word >>> 16;
    bytes[at + 2] = word >>> 8;
    bytes[at + 3] = word;
    // The next number's zeros.
    bytes[at + 4] = 0;
    bytes[at + 5] = 0;
    bytes[at + 6] = 0;
    this.#length += bits;
  }

  #grow(): void {
    const wider = new Uint8Array(Math.max(this.#bytes.length * 2, (this.#length >>> 3) + 64));
    wider.set(this.#bytes);
    this.#bytes = wider;
  }
}

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
   * one loop that keeps all in registers: most of a search's time is here.
   */
  gaps(into: Int32Array, { count, k, last }: { count: number; k: number; last: number }): number {
    const bytes = this.#bytes;
    let at = this.#at;
    let value = last;
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
    }
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
