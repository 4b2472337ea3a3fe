import { resolve } from 'node:path';
import type { Reading } from '../../../src/lib/types/dataset-reading';
import type { ImportPreview } from '../../../src/lib/types/import-preview';
import { OneAtATime } from './one-at-a-time';
import type { ReadingMemory } from './reading-memory';
import { wordsOfReading } from './version-recipe';
import type { PreviewRunner } from './worker-preview';

interface PreviewsOptions {
  readonly runPreview: PreviewRunner;
  readonly memory: ReadingMemory;
  /** The setting for the largest file; formats.md's limit where it is not given. */
  readonly maxFileBytes?: () => Promise<number>;
}

interface Look {
  readonly path: string;
  readonly reading: Reading | null;
  /** What the file was called, where its path does not say it any more. */
  readonly fileName: string | undefined;
}

/** Looks of one process at a time: many files may be dropped at once. */
const LANES = 2;

/** Looks at files before they are imported. */
export class DatasetPreviews {
  readonly #options: PreviewsOptions;
  readonly #queue = new OneAtATime();
  readonly #looking = new Map<string, AbortController>();
  #asked = 0;

  constructor(options: PreviewsOptions) {
    this.#options = options;
  }

  /**
   * What a file proves to be. Without a reading it is read as files like it were last time, else as it
   * is recognised. A later look at the same file ends an earlier one.
   */
  async look(path: string, reading: Reading | null, fileName?: string): Promise<ImportPreview> {
    const abort = new AbortController();
    this.#looking.get(path)?.abort();
    this.#looking.set(path, abort);
    this.#asked += 1;
    try {
      return await this.#queue.run(String(this.#asked % LANES), () =>
        this.#look({ path, reading, fileName }, abort.signal),
      );
    } finally {
      if (this.#looking.get(path) === abort) this.#looking.delete(path);
    }
  }

  /** As it is recognised from now on, until the next import that says otherwise. */
  forget(signature: string): Promise<void> {
    return this.#options.memory.forget(signature);
  }

  async stop(): Promise<void> {
    for (const abort of this.#looking.values()) abort.abort();
    await this.#queue.settled();
  }

  async #look({ reading, ...file }: Look, signal: AbortSignal): Promise<ImportPreview> {
    const first = await this.#read(file, reading ?? {}, signal);
    if (reading !== null || first.signature === null) return { ...first, is_remembered: false };
    const remembered = await this.#options.memory.recall(first.signature);
    if (remembered === null) return { ...first, is_remembered: false };
    const again = await this.#read(file, remembered, signal);
    return { ...again, signature: first.signature, is_remembered: true };
  }

  async #read({ path, fileName }: Omit<Look, 'reading'>, reading: Reading, signal: AbortSignal) {
    const { runPreview, maxFileBytes } = this.#options;
    const request = {
      sourcePath: resolve(path),
      fileName,
      // Nothing is written for a look.
      datasetDir: '',
      stagingToken: '',
      followLink: true,
      maxBytes: await maxFileBytes?.(),
      ...wordsOfReading(reading),
    };
    return runPreview(request, signal);
  }
}
