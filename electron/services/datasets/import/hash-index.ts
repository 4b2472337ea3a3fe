const MAX_LOAD = 0.75;

/** Of one shard of a table: both halves of a text's hash, zeros where it is free, and what else is kept of it. */
class Shard {
  private slots: Uint32Array;
  private count = 0;
  private readonly width: number;

  constructor(capacity: number, width: number) {
    this.width = width;
    this.slots = new Uint32Array(capacity * width);
  }

  /** What is kept of a hash, and whether the hash is new; `extra` is what is kept of a new one. */
  take([high, low]: Hash, extra: number): { readonly isNew: boolean; readonly extra: number } {
    const slot = this.find(high, low);
    if (!this.isFree(slot)) return { isNew: false, extra: this.rest(slot) };
    this.slots[slot] = high;
    this.slots[slot + 1] = low;
    if (this.width > 2) this.slots[slot + 2] = extra;
    this.count += 1;
    if (this.count * this.width > this.slots.length * MAX_LOAD) this.grow();
    return { isNew: true, extra };
  }

  /** Null for a hash that is not there. */
  peek([high, low]: Hash): number | null {
    const slot = this.find(high, low);
    return this.isFree(slot) ? null : this.rest(slot);
  }

  private isFree(slot: number): boolean {
    return this.slots[slot] === 0 && this.slots[slot + 1] === 0;
  }

  private rest(slot: number): number {
    return this.width > 2 ? (this.slots[slot + 2] ?? 0) : 0;
  }

  /** Where a hash is, or the free slot where it belongs. */
  private find(high: number, low: number): number {
    const capacity = this.slots.length / this.width;
    for (let at = low % capacity; ; at = (at + 1) % capacity) {
      const slot = at * this.width;
      if (this.isFree(slot) || (this.slots[slot] === high && this.slots[slot + 1] === low)) return slot;
    }
  }

  private grow(): void {
    const old = this.slots;
    this.slots = new Uint32Array(old.length * 2);
    for (let slot = 0; slot < old.length; slot += this.width) {
      const [high, low] = [old[slot] ?? 0, old[slot + 1] ?? 0];
      if (high !== 0 || low !== 0)
        this.slots.set(old.subarray(slot, slot + this.width), this.find(high, low));
    }
  }
}

const SHARDS = 32;
const SMALLEST_SHARD = 32;

/**
 * Texts by 64 bits of each in place of the text, so that millions fit in little memory. Two texts meet by
 * chance once in 10¹³ pairs among ten million. In shards of sizes apart, which double one after another:
 * a table that doubled as a whole would for a moment need three times its memory.
 */
class HashTable {
  private readonly shards: readonly Shard[];
  private count = 0;

  constructor(width: number) {
    this.shards = Array.from(
      { length: SHARDS },
      (_, index) => new Shard(SMALLEST_SHARD + Math.round((SMALLEST_SHARD * index) / SHARDS), width),
    );
  }

  get size(): number {
    return this.count;
  }

  /** What is kept of a text, and whether the text is new; `extra` is what is kept of a new one. */
  protected take(text: string, extra = 0): { readonly isNew: boolean; readonly extra: number } {
    const hash = hashOf(text);
    const taken = this.shardOf(hash).take(hash, extra);
    if (taken.isNew) this.count += 1;
    return taken;
  }

  /** What is kept of a text; null for one that is not there. */
  protected peek(text: string): number | null {
    const hash = hashOf(text);
    return this.shardOf(hash).peek(hash);
  }

  private shardOf([high]: Hash): Shard {
    const shard = this.shards[high % SHARDS];
    if (shard === undefined) throw new RangeError('a table has its shards from the start');
    return shard;
  }
}

type Hash = readonly [high: number, low: number];

/** Never zero, which marks a free slot. */
function hashOf(text: string): Hash {
  const [high, low] = hash64(text);
  return [high, high === 0 && low === 0 ? 1 : low];
}

/** Numbers texts in order of first appearance. */
export class HashIndex extends HashTable {
  constructor() {
    super(3);
  }

  /** The text's number; `size` before the call for one that is new. */
  numberOf(text: string): number {
    return this.take(text, this.size).extra;
  }

  /** Null for a text that has no number. */
  knownNumberOf(text: string): number | null {
    return this.peek(text);
  }
}

/** Which texts have been seen. */
export class HashSet extends HashTable {
  constructor() {
    super(2);
  }

  /** Whether the text was not there before. */
  add(text: string): boolean {
    return this.take(text).isNew;
  }
}

const INITIAL_NUMBERS = 1024;
const GROWTH = 1.5;

/** A list of 32-bit numbers that grows as needed. */
export class GrowingNumbers {
  private items = new Uint32Array(INITIAL_NUMBERS);
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
export function hash64(text: string): Hash {
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
