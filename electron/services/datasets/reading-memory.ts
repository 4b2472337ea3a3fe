import { z } from 'zod';
import { Reading } from '../../../src/lib/types/dataset-reading';

/** Where what was said of files is kept: one JSON value a key. */
export interface ReadingStore {
  all(): Promise<Readonly<Record<string, unknown>>>;
  set(key: string, value: unknown): Promise<void>;
  remove(key: string): Promise<void>;
}

const Remembered = z.strictObject({ reading: Reading });

/** How files with the same names of columns or fields were read last time, by their signature. */
export class ReadingMemory {
  readonly #store: ReadingStore;

  constructor(store: ReadingStore) {
    this.#store = store;
  }

  /** Null for files like none before, and for what a newer version wrote. */
  async recall(signature: string): Promise<Reading | null> {
    const kept = (await this.#store.all())[keyOf(signature)];
    return Remembered.safeParse(kept).data?.reading ?? null;
  }

  /** Keeps what was said; that damaged records were taken is said of one file only. */
  async keep(signature: string | null, { salvage: _, ...reading }: Reading): Promise<void> {
    if (signature === null || Object.keys(reading).length === 0) return;
    await this.#store.set(keyOf(signature), { reading });
  }

  forget(signature: string): Promise<void> {
    return this.#store.remove(keyOf(signature));
  }
}

function keyOf(signature: string): string {
  return `reading ${signature}`;
}
