const INITIAL_SLOTS = 1024;

/**
 * Numbers texts in order of first appearance, keeping 64 bits of each in place of the text, so that
 * millions fit in little memory. Two texts meet by chance once in 10¹³ pairs among ten million.
 */
export class HashIndex {
  private slots = new Uint32Array(INITIAL_SLOTS);
  private highs = new Uint32Array(INITIAL_SLOTS / 2);
  private lows = new Uint32Array(INITIAL_SLOTS / 2);
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** The number of a text; it is new when that equals the former `size`. */
  numberOf(text: string): number {
    const [high, low] = hash64(text);
    const slot = this.find(high, low);
    const known = this.slots[slot] ?? 0;
    if (known > 0) return known - 1;
    this.highs[this.count] = high;
    this.lows[this.count] = low;
    this.count += 1;
    this.slots[slot] = this.count;
    if (this.count * 2 >= this.slots.length) this.grow();
    return this.count - 1;
  }

  /** The slot of a hash, or the free one where it belongs. */
  private find(high: number, low: number): number {
    const mask = this.slots.length - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const entry = (this.slots[slot] ?? 0) - 1;
      if (entry < 0 || (this.highs[entry] === high && this.lows[entry] === low)) return slot;
    }
  }

  private grow(): void {
    const size = this.slots.length * 2;
    this.highs = enlarged(this.highs, size / 2);
    this.lows = enlarged(this.lows, size / 2);
    this.slots = new Uint32Array(size);
    for (let entry = 0; entry < this.count; entry += 1) {
      this.slots[this.find(this.highs[entry] ?? 0, this.lows[entry] ?? 0)] = entry + 1;
    }
  }
}

/** A list of 32-bit numbers that grows as needed. */
export class GrowingNumbers {
  private items = new Uint32Array(INITIAL_SLOTS);
  private count = 0;

  push(...values: readonly number[]): void {
    if (this.count + values.length > this.items.length)
      this.items = enlarged(this.items, this.items.length * 2);
    this.items.set(values, this.count);
    this.count += values.length;
  }

  get(index: number): number {
    return this.items[index] ?? 0;
  }

  set(index: number, value: number): void {
    this.items[index] = value;
  }

  get values(): Uint32Array {
    return this.items.subarray(0, this.count);
  }
}

function enlarged(items: Uint32Array, size: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(size);
  larger.set(items);
  return larger;
}

/** Two independent 32-bit hashes of a text in one pass (the public-domain cyrb53, unmasked). */
export function hash64(text: string): readonly [high: number, low: number] {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    high = Math.imul(high ^ code, 0x9e3779b1);
    low = Math.imul(low ^ code, 0x5f356495);
  }
  const mixedHigh = mix(high) ^ mix2(low);
  const mixedLow = mix(low) ^ mix2(mixedHigh);
  return [mixedHigh >>> 0, mixedLow >>> 0];
}

function mix(value: number): number {
  return Math.imul(value ^ (value >>> 16), 0x85ebca6b);
}

function mix2(value: number): number {
  return Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
}
