import type { AsyncRepositories } from '../../db/async-repositories';
import { formatBytes } from '../../../src/lib/messages/format';
import { leastBytes } from '../../../src/lib/training/disk';
import type { TrainingJob } from '../../../src/lib/types/lora-training';
import { refused } from './refusals';

export interface DiskCheckOptions {
  readonly repositories: Pick<AsyncRepositories, 'baseModels'>;
  /** Of the drive that holds the run folders. */
  readonly freeDiskBytes: () => Promise<number>;
}

type Run = Pick<TrainingJob, 'base_model_id' | 'hyperparameters'>;

/**
 * What the disk lacks, in a sentence, where not even one checkpoint and the adapter can be written: a run that was
 * made all the same begins as long as something can come of it.
 */
export const diskShortage = async (
  { base_model_id, hyperparameters }: Run,
  { repositories, freeDiskBytes }: DiskCheckOptions,
): Promise<string | null> => {
  const model = await repositories.baseModels.get(base_model_id);
  const needed = model ? leastBytes(model.config, hyperparameters) : 0;
  const free = await freeDiskBytes();
  return needed <= free
    ? null
    : `One checkpoint and the adapter take ≈ ${formatBytes(needed)}, and ${formatBytes(free)} of the disk are free.`;
};

/** Throws `disk_full`: the disk may have filled while a run waited for its turn. */
export const refuseFullDisk = async (run: Run, options: DiskCheckOptions): Promise<void> => {
  const shortage = await diskShortage(run, options);
  if (shortage !== null)
    throw refused(
      'disk_full',
      `The run was not begun. ${shortage}`,
      'Free space on that drive, then start the run again.',
    );
};
