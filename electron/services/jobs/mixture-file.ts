import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { z } from 'zod';
import { distinctNames, weighted } from '../../../src/lib/training/mixture';
import { splitRecords } from '../../../src/lib/training/split';
import type { SplitFile } from '../../../src/lib/types/dataset-records';
import type { SplitChoice } from '../../../src/lib/types/dataset-split';
import { withSpelling } from '../datasets/readers/exact-numbers';
import { eachLine, scanDataset } from './dataset-scan';

/** A canonical file, the dataset that it is of, and how often an epoch sees its records. */
export interface MixedFile {
  readonly path: string;
  readonly name: string;
  readonly format: string;
  readonly weight: number;
}

const Named = z.looseObject({ id: z.string(), conversation_id: z.string().optional() });
const BATCH_LENGTH = 1024 * 1024;

/** Ids are unique in one dataset only; the number of the dataset before them keeps them apart. */
const idIn = (position: number, id: string): string => `${String(position)}/${id}`;
/** Which of the datasets a record of a mixture is from. */
export const positionOf = (id: string): number => Number(id.slice(0, id.indexOf('/')));

const mixedLine = (line: string, { dataset, format, position }: Origin): string => {
  const { id, conversation_id, ...record } = Named.parse(withSpelling(JSON.parse(line), line));
  return JSON.stringify({
    id: idIn(position, id),
    ...(conversation_id !== undefined && { conversation_id: idIn(position, conversation_id) }),
    ...record,
    dataset,
    format,
  });
};

interface Origin {
  readonly dataset: string;
  readonly format: string;
  readonly position: number;
}

/** A group's name is cut there; what keeps two of them apart must stand before. */
const NAME_LENGTH = 150;

const originsOf = (sources: readonly MixedFile[]): readonly Origin[] =>
  distinctNames(sources.map(({ name }) => name.slice(0, NAME_LENGTH))).map((name, position) => ({
    dataset: name,
    format: sources[position]?.format ?? 'chat',
    position,
  }));

/** Writes the records of all sources into one canonical file, each with its dataset; answers its hash. */
export const writeMixture = async (path: string, sources: readonly MixedFile[]): Promise<string> => {
  const hash = createHash('sha256');
  const file = await open(path, 'wx', 0o600);
  try {
    let batch = '';
    const flush = async (): Promise<void> => {
      hash.update(batch);
      await file.appendFile(batch);
      batch = '';
    };
    for (const origin of originsOf(sources))
      for await (const lines of eachLine(sources[origin.position]?.path ?? '')) {
        for (const line of lines) batch += `${mixedLine(line, origin)}\n`;
        if (batch.length > BATCH_LENGTH) await flush();
      }
    await flush();
    await file.sync();
  } finally {
    await file.close();
  }
  return hash.digest('hex');
};

/**
 * The split of a mixture: every training record as often as its dataset's weight says. All that is held out of
 * a dataset is measured, once, whatever its weight: a record is never neither trained nor held out for that.
 */
export const splitMixture = async (
  path: string,
  sources: readonly MixedFile[],
  options: SplitChoice,
): Promise<SplitFile> => {
  const split = splitRecords(await scanDataset(path, positionOf), options);
  const train = sources.flatMap(({ weight }, position) =>
    weighted(
      split.train.filter((id) => positionOf(id) === position),
      weight,
      split.seed,
    ),
  );
  return { ...split, train };
};
