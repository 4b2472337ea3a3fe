import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatasetSurvey, type LeakRow, type RecordRow } from '../../../src/lib/types/dataset-numbers';
import type { SplitChoice } from '../../../src/lib/types/dataset-split';
import type { Dataset } from '../../../src/lib/types/lora-training';
import { MixtureLeaks, MOST_LOOKED_THROUGH } from '../../../src/lib/types/mixture-leaks';
import { positionOf } from '../jobs/mixture-file';
import type { RunDataMaker } from '../jobs/run-data';
import type { ServeProcess } from '../trainer/serve-process';
import type { CurrentVersion } from './dataset-service';
import { readKept, writeKept } from './kept-numbers';
import { versionCacheDir } from './version-cache';

const Survey = DatasetSurvey.pick({ leakage: true }).strip();

interface Looking {
  /** Makes the data that a run would make. */
  readonly makeData: RunDataMaker;
  readonly request: ServeProcess['request'];
  readonly cacheDir: string;
}

export interface MixedPart {
  readonly dataset: Pick<Dataset, 'name' | 'format'>;
  readonly version: Pick<CurrentVersion, 'sha256' | 'path' | 'records'>;
}

/** What a run of these datasets would hold out although it trains on nearly the same; null of too many records. */
export const mixtureLeaks = async (
  options: Looking,
  parts: readonly MixedPart[],
  split: SplitChoice,
): Promise<MixtureLeaks | null> => {
  if (parts.reduce((sum, { version }) => sum + version.records, 0) > MOST_LOOKED_THROUGH) return null;
  const folder = versionCacheDir(options.cacheDir, keyOf(parts, split));
  const path = join(folder, 'leaks.json');
  const kept = await readKept(path, MixtureLeaks);
  if (kept !== null) return kept;
  // Swept by its name where this process is killed.
  const work = join(folder, `split-${crypto.randomUUID()}`);
  await mkdir(work, { recursive: true, mode: 0o700 });
  try {
    const found = await look(options, { parts, split, work });
    await writeKept(path, found);
    return found;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
};

const look = async (
  { makeData, request }: Looking,
  { parts, split, work }: { parts: readonly MixedPart[]; split: SplitChoice; work: string },
): Promise<MixtureLeaks> => {
  const dataset = join(work, 'mixture.jsonl');
  const split_path = join(work, 'split.json');
  const sources = parts.map(({ dataset: { name, format }, version }) => ({
    path: version.path,
    name,
    format,
    weight: 1,
  }));
  const { sha256 } = await makeData({
    sources,
    mixture_path: dataset,
    split_path,
    split,
    wants_prompts: false,
  });
  const { leakage } = Survey.parse(await request('survey', { dataset, sha256, split: split_path }));
  const { held_out, records, unchecked, rows } = leakage;
  return { held_out, records, unchecked, first: rows[0] ? firstOf(rows[0], parts) : null };
};

const firstOf = ({ held_out, train }: LeakRow, parts: readonly MixedPart[]): MixtureLeaks['first'] => {
  const placeOf = ({ record_id, line }: RecordRow) => ({
    dataset: parts[positionOf(record_id)]?.dataset.name ?? '',
    line,
  });
  return { held_out: placeOf(held_out), train: placeOf(train) };
};

const keyOf = (parts: readonly MixedPart[], split: SplitChoice): string => {
  const files = parts.map(({ dataset: { name }, version: { sha256 } }) => [name, sha256]);
  return createHash('sha256')
    .update(JSON.stringify({ leaks: 1, files, ...split }))
    .digest('hex');
};
