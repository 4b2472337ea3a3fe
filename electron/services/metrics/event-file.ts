import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TrainerEvent } from '../../../src/lib/types/trainer-events';
import { isMissing } from '../trainer/file-errors';
import { LineSplitter } from '../trainer/line-splitter';

export const eventsFileOf = (runDir: string): string => join(runDir, 'events.jsonl');

/** An event, or `null` for a line that is none. */
export const parseEvent = (line: string): TrainerEvent | null => {
  try {
    return TrainerEvent.safeParse(JSON.parse(line)).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
};

/** Every whole line of a file; one that a killed writer left half is not given. A missing file has none. */
export const forEachLine = async (path: string, onLine: (line: string) => void): Promise<void> => {
  const splitter = new LineSplitter({ onLine });
  try {
    for await (const chunk of createReadStream(path)) if (Buffer.isBuffer(chunk)) splitter.push(chunk);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
};

/** The events of a run folder in their order. */
export const readEvents = async (runDir: string): Promise<{ events: TrainerEvent[]; invalid: number }> => {
  const events: TrainerEvent[] = [];
  let invalid = 0;
  await forEachLine(eventsFileOf(runDir), (line) => {
    const event = parseEvent(line);
    if (event) events.push(event);
    else invalid += 1;
  });
  return { events, invalid };
};

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

/**
 * The lines of a run's `events.jsonl` as they are written, unchanged, by whatever process; ends some
 * time after `isOver` says so, when all that was written has been given.
 */
export async function* followLines(runDir: string, isOver: () => Promise<boolean>): AsyncGenerator<string> {
  const path = eventsFileOf(runDir);
  const lines: string[] = [];
  const splitter = new LineSplitter({ onLine: (line) => lines.push(line) });
  let read = 0;
  for (;;) {
    const over = await isOver();
    const size = await sizeOf(path);
    // Only whole lines are taken: a torn one is cut when the next attempt opens the file.
    const fresh = size > read ? await readRange(path, { start: read, end: size }) : Buffer.alloc(0);
    const whole = fresh.subarray(0, fresh.lastIndexOf(LINE_FEED) + 1);
    splitter.push(whole);
    read += whole.length;
    yield* lines.splice(0);
    if (over) return;
    await sleep(POLL_MS);
  }
}
