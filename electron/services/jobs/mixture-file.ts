import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { z } from 'zod';
import { weighted } from '../../../src/lib/training/mixture';
import type { SplitFile } from '../../../src/lib/types/dataset-records';
import type { Dataset } from '../../../src/lib/types/lora-training';
import { eachLine } from './dataset-scan';
import type { DatasetVersion } from './sources';

/** A dataset's current version, and how often an epoch sees its records. */
export interface RunSource {
  readonly dataset: Dataset;
  readonly version: DatasetVersion;
  readonly weight: number;
}

const Named = z.looseObject({ id: z.string(), conversation_id: z.string().optional() });
const BATCH_LENGTH = 1024 * 1024;

/** Ids are unique in one dataset only; the number of the dataset before them keeps them apart. */
const idIn = (position: number, id: string): string => `${String(position)}/${id}`;
const positionOf = (id: string): number => Number(id.slice(0, id.indexOf('/')));

const mixedLine = (line: string, { dataset }: RunSource, position: number): string => {
  const { id, conversation_id, ...record } = Named.parse(JSON.parse(line));
  return JSON.stringify({
    id: idIn(position, id),
    ...(conversation_id !== undefined && { conversation_id: idIn(position, conversation_id) }),
    ...record,
    dataset: dataset.name,
    format: dataset.format,
  });
};

/** Writes the records of all sources into one canonical file, each with its dataset; answers its hash. */
export const writeMixture = async (path: string, sources: readonly RunSource[]): Promise<string> => {
  const hash = createHash('sha256');
  const file = await open(path, 'wx', 0o600);
  try {
    let batch = '';
    const flush = async (): Promise<void> => {
      hash.update(batch);
      await file.appendFile(batch);
      batch = '';
    };
    for (const [position, source] of sources.entries())
      for await (const lines of eachLine(source.version.path)) {
        for (const line of lines) batch += `${mixedLine(line, source, position)}\n`;
        if (batch.length > BATCH_LENGTH) await flush();
      }
    await flush();
    await file.sync();
  } finally {
    await file.close();
  }
  return hash.digest('hex');
};

/** The split of a mixture with every training record as often as its dataset's weight says. */
export const weightedSplit = (split: SplitFile, sources: readonly RunSource[]): SplitFile => ({
  ...split,
  train: sources.flatMap(({ weight }, position) => {
    const ids = split.train.filter((id) => positionOf(id) === position);
    return weighted(ids, weight, split.seed);
  }),
});
