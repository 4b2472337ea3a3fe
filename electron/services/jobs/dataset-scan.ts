import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { z } from 'zod';
import { foldedText } from '../../../src/lib/training/folded-text';
import { splitRecords } from '../../../src/lib/training/split';
import type { SplitRecord } from '../../../src/lib/training/split';
import type { SplitFile } from '../../../src/lib/types/dataset-records';
import { Scaffolding } from '../../../src/lib/types/dataset-records';
import type { SplitChoice } from '../../../src/lib/types/dataset-split';
import type { SamplePrompt } from '../../../src/lib/types/run-folder';
import { LineSplitter } from '../trainer/line-splitter';

/** How many of its data's questions a run asks where no others are given. */
export const SAMPLE_PROMPTS = 3;
const PROMPT_LENGTH = 4000;
// A canonical line may hold a whole conversation.
const RECORD_LIMIT = 64 * 1024 * 1024;

const Turns = z.array(z.object({ role: z.string(), content: z.string() })).default([]);
/** A conversation has messages, an answer to compare or to judge a prompt, a text neither. */
const Line = z.object({
  id: z.string(),
  conversation_id: z.string().optional(),
  scaffolding: Scaffolding.optional(),
  messages: Turns,
  prompt: Turns,
  text: z.string().optional(),
});
type Line = z.infer<typeof Line>;

const firstQuestion = ({ messages, prompt }: Line): string | undefined =>
  [...messages, ...prompt].find(({ role }) => role === 'user')?.content;

/** The lines of a canonical file, a block's together. */
export async function* eachLine(path: string): AsyncGenerator<readonly string[]> {
  const lines: string[] = [];
  const splitter = new LineSplitter({ onLine: (line) => lines.push(line), limit: RECORD_LIMIT });
  for await (const chunk of createReadStream(path)) {
    if (Buffer.isBuffer(chunk)) splitter.push(chunk);
    yield lines.splice(0);
  }
  const rest = splitter.flush();
  if (rest !== '') yield [rest];
}

const eachRecord = async (path: string, onRecord: (record: Line) => void): Promise<void> => {
  for await (const lines of eachLine(path)) for (const line of lines) onRecord(Line.parse(JSON.parse(line)));
};

/** One object for all records of the same design: those of a million would take as much as their ids. */
class KnownScaffolding {
  readonly #known = new Map<string, Scaffolding>();

  sameAs(scaffolding: Scaffolding): Scaffolding {
    const key = JSON.stringify(scaffolding);
    const known = this.#known.get(key) ?? scaffolding;
    this.#known.set(key, known);
    return known;
  }
}

/** What a split has to know of a canonical file; `sourceOf` tells of a record of a mixture where it is from. */
export const scanDataset = async (
  path: string,
  sourceOf?: (id: string) => number,
): Promise<SplitRecord[]> => {
  const records: SplitRecord[] = [];
  const known = new KnownScaffolding();
  await eachRecord(path, (record) => {
    const said = firstQuestion(record) ?? record.text;
    records.push({
      id: record.id,
      conversation_id: record.conversation_id,
      scaffolding: record.scaffolding && known.sameAs(record.scaffolding),
      first_user_text_hash:
        said === undefined ? undefined : createHash('sha256').update(foldedText(said)).digest('hex'),
      source: sourceOf?.(record.id),
    });
  });
  return records;
};

/** The split that a run of this file has. */
export const splitDataset = async (path: string, options: SplitChoice): Promise<SplitFile> =>
  splitRecords(await scanDataset(path), options);

/** The first different questions that are held out; those of training where nothing is. */
export const defaultPrompts = async (path: string, split: SplitFile): Promise<SamplePrompt[]> => {
  const wanted = new Set(split.held_out.length > 0 ? split.held_out : split.train);
  const found = new Set<string>();
  await eachRecord(path, (record) => {
    const question =
      found.size < SAMPLE_PROMPTS && wanted.has(record.id) ? firstQuestion(record)?.trim() : undefined;
    if (question !== undefined && question !== '') found.add(question.slice(0, PROMPT_LENGTH));
  });
  return [...found].map((text, index) => ({ id: `held-out-${index + 1}`, text }));
};
