const INITIAL_SLOTS = 1024;
const MAX_LOAD = 0.75;

/**
 * Numbers texts in order of first appearance, keeping 64 bits of each in place of the text, so that
 * millions fit in little memory. Two texts meet by chance once in 10¹³ pairs among ten million.
 */
export class HashIndex {
  /** Three numbers a slot: both halves of the hash, and the text's number plus one; 0 for a free slot. */
  private slots = new Uint32Array(INITIAL_SLOTS * 3);
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** The number of a text; it is new when that equals the former `size`. */
  numberOf(text: string): number {
    const [high, low] = hash64(text);
    const slot = this.find(high, low);
    const known = this.slots[slot + 2] ?? 0;
    if (known > 0) return known - 1;
    this.count += 1;
    this.slots[slot] = high;
    this.slots[slot + 1] = low;
    this.slots[slot + 2] = this.count;
    if (this.count * 3 > this.slots.length * MAX_LOAD) this.grow();
    return this.count - 1;
  }

  /** The slot of a hash, or the free one where it belongs. */
  private find(high: number, low: number): number {
    const capacity = this.slots.length / 3;
    for (let at = low % capacity; ; at = (at + 1) % capacity) {
      const slot = at * 3;
      if (this.slots[slot + 2] === 0 || (this.slots[slot] === high && this.slots[slot + 1] === low))
        return slot;
    }
  }

  private grow(): void {
    const old = this.slots;
    this.slots = new Uint32Array(old.length * 2);
    for (let slot = 0; slot < old.length; slot += 3) {
      if (old[slot + 2] === 0) continue;
      this.slots.set(old.subarray(slot, slot + 3), this.find(old[slot] ?? 0, old[slot + 1] ?? 0));
    }
  }
}

/** Which texts have been seen, in 64 bits each. */
export class HashSet {
  private slots = new Uint32Array(INITIAL_SLOTS * 2);
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** Whether the text was not there before. */
  add(text: string): boolean {
    const [high, low] = hash64(text);
    // Two zeros mark a free slot.
    const taken = high === 0 && low === 0 ? 1 : low;
    const slot = this.find(high, taken);
    if (this.slots[slot] === high && this.slots[slot + 1] === taken) return false;
    this.slots[slot] = high;
    this.slots[slot + 1] = taken;
    this.count += 1;
    if (this.count * 2 > this.slots.length * MAX_LOAD) this.grow();
    return true;
  }

  private find(high: number, low: number): number {
    const capacity = this.slots.length / 2;
    for (let at = low % capacity; ; at = (at + 1) % capacity) {
      const slot = at * 2;
      const foundHigh = this.slots[slot];
      const foundLow = this.slots[slot + 1];
      if ((foundHigh === 0 && foundLow === 0) || (foundHigh === high && foundLow === low)) return slot;
    }
  }

  private grow(): void {
    const old = this.slots;
    this.slots = new Uint32Array(old.length * 2);
    for (let slot = 0; slot < old.length; slot += 2) {
      const [high, low] = [old[slot] ?? 0, old[slot + 1] ?? 0];
      if (high !== 0 || low !== 0) this.slots.set([high, low], this.find(high, low));
    }
  }
}

const GROWTH = 1.5;

/** A list of 32-bit numbers that grows as needed. */
export class GrowingNumbers {
  private items = new Uint32Array(INITIAL_SLOTS);
  private count = 0;

  push(...values: readonly number[]): void {
    if (this.count + values.length > this.items.length)
      this.items = enlarged(this.items, Math.ceil(this.items.length * GROWTH));
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
