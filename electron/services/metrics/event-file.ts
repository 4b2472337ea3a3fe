import { createReadStream } from 'node:fs';
import { join } from 'node:path';
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
