import { open, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMissing } from '../trainer/file-errors';
import { LineSplitter } from '../trainer/line-splitter';
import { eventsFileOf } from './event-file';

const POLL_MS = 250;
const LINE_FEED = 0x0a;

const sizeOf = async (path: string): Promise<number> => {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
};

const readRange = async (path: string, range: { start: number; end: number }): Promise<Buffer> => {
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(range.end - range.start);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, range.start);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
};

/** The lines of a run's `events.jsonl` as they are written, by whatever process. */
export class EventTail {
  readonly #path: string;
  readonly #lines: string[] = [];
  readonly #splitter = new LineSplitter({ onLine: (line) => this.#lines.push(line) });
  #read = 0;

  constructor(runDir: string) {
    this.#path = eventsFileOf(runDir);
  }

  /** Whole lines since the last call: a torn one is cut when the next attempt opens the file. */
  async fresh(): Promise<string[]> {
    const size = await sizeOf(this.#path);
    if (size <= this.#read) return [];
    const bytes = await readRange(this.#path, { start: this.#read, end: size });
    const whole = bytes.subarray(0, bytes.lastIndexOf(LINE_FEED) + 1);
    this.#splitter.push(whole);
    this.#read += whole.length;
    return this.#lines.splice(0);
  }
}

/**
 * The lines of a run, unchanged, until some time after `isOver` says so, when all that was written has
 * been given.
 */
export async function* followLines(runDir: string, isOver: () => Promise<boolean>): AsyncGenerator<string> {
  const tail = new EventTail(runDir);
  for (;;) {
    const over = await isOver();
    yield* await tail.fresh();
    if (over) return;
    await sleep(POLL_MS);
  }
}
