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
    const reading = ofAllLikeIt(Remembered.safeParse(kept).data?.reading ?? {});
    return isNothing(reading) ? null : reading;
  }

  /** Keeps what was said. Nothing said changes nothing, unless a person chose it. */
  async keep(signature: string | null, said: Reading, isChosen: boolean): Promise<void> {
    if (signature === null) return;
    const reading = ofAllLikeIt(said);
    if (!isNothing(reading)) await this.#store.set(keyOf(signature), { reading });
    else if (isChosen) await this.forget(signature);
  }

  forget(signature: string): Promise<void> {
    return this.#store.remove(keyOf(signature));
  }
}

/**
 * What holds for files with the same names. Their encoding, their damage, their marks and what a system
 * prompt should say are told by no name.
 */
function ofAllLikeIt({ mapping, table, role_names }: Reading): Reading {
  return {
    ...(mapping !== undefined && { mapping }),
    ...(table !== undefined && { table }),
    ...(role_names !== undefined && { role_names }),
  };
}

function isNothing(reading: Reading): boolean {
  return Object.keys(reading).length === 0;
}

function keyOf(signature: string): string {
  return `reading ${signature}`;
}
