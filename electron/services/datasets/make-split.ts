import type { SplitChoice } from '../../../src/lib/types/dataset-split';
import type { Dataset } from '../../../src/lib/types/lora-training';
import type { RunDataMaker } from '../jobs/run-data';
import type { CurrentVersion } from './dataset-service';

export interface SplitWanted {
  readonly dataset: Pick<Dataset, 'name' | 'format'>;
  readonly version: CurrentVersion;
  readonly split: SplitChoice;
}

/** Writes the split that a run of one dataset would make to `path`. */
export const makeSplit = async (
  makeData: RunDataMaker,
  { dataset: { name, format }, version, split }: SplitWanted,
  path: string,
): Promise<void> => {
  const sources = [{ path: version.path, name, format, weight: 1 }];
  await makeData({ sources, mixture_path: null, split_path: path, split, wants_prompts: false });
};
