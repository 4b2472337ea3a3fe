import { stat } from 'node:fs/promises';
import { AppError } from '../../../src/lib/messages/app-error';
import { DAY_MS, DAYS_IN_BIN } from '../../../src/lib/messages/bin-words';
import type { Dataset } from '../../../src/lib/types/lora-training';
import { isMissing } from '../trainer/file-errors';
import type { DatasetPaths } from './dataset-paths';
import type { ReadingStore } from './reading-memory';

interface BinOptions {
  readonly datasets: {
    listDeleted(): Promise<readonly Dataset[]>;
    purge(id: string): Promise<void>;
  };
  readonly paths: Pick<DatasetPaths, 'datasetDir'>;
  readonly store: Pick<ReadingStore, 'all' | 'set'>;
  readonly now: () => string;
}

const SEEN = 'bin seen at';
const TRUSTED_DAYS = 7;

/**
 * Purges what lies in the bin for longer than it is kept; answers what is gone. A clock that is wrong must not
 * do that, so days count only where this start comes within a week after the one before by the same clock:
 * one that has jumped, or was set back, purges nothing, and neither does the first start after a long rest.
 * And a folder that was changed less than those days ago stays, whatever is written of its deletion.
 */
export async function purgeExpired({ datasets, paths, store, now }: BinOptions): Promise<readonly Dataset[]> {
  const at = Date.parse(now());
  const before = (await store.all())[SEEN];
  await store.set(SEEN, new Date(at).toISOString());
  if (!isTrusted(before, at)) return [];
  const isOld = (time: number) => at - time >= DAYS_IN_BIN * DAY_MS;
  const gone: Dataset[] = [];
  for (const dataset of await datasets.listDeleted()) {
    const { id, deleted_at } = dataset;
    if (deleted_at === null || !isOld(Date.parse(deleted_at))) continue;
    if (!isOld(await changedAt(paths.datasetDir(id)))) continue;
    if (await isPurged(datasets, id)) gone.push(dataset);
  }
  return gone;
}

function isTrusted(before: unknown, at: number): boolean {
  const since = typeof before === 'string' ? at - Date.parse(before) : Number.NaN;
  return since >= 0 && since <= TRUSTED_DAYS * DAY_MS;
}

/** Long ago where nothing is there. */
async function changedAt(dir: string): Promise<number> {
  try {
    return (await stat(dir)).mtimeMs;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}

/** One that a run was made of stays, and another process may have been first. */
async function isPurged(datasets: BinOptions['datasets'], id: string): Promise<boolean> {
  try {
    await datasets.purge(id);
    return true;
  } catch (thrown) {
    if (thrown instanceof AppError && STAYS.has(thrown.code)) return false;
    throw thrown;
  }
}

const STAYS: ReadonlySet<string> = new Set(['dataset_in_use', 'not_found', 'dataset_not_deleted']);
