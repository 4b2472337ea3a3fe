import type { VersionDiff } from '../../../src/lib/types/dataset-versions';
import type { Dataset } from '../../../src/lib/types/lora-training';
import type { ImportResult } from './import/import-request';

/** Of an edit with a newer file: what that held, and what becomes in it of records that were left out. */
export type ToldOfFile = Pick<VersionDiff, 'file_sha256' | 'exclusions'>;

/** An edit's dataset with its new version in use, and what became of records that were left out. */
export interface EditedDataset extends Pick<ToldOfFile, 'exclusions'> {
  readonly dataset: Dataset;
}

export const toldOf = ({ version, carried }: ImportResult): ToldOfFile => ({
  ...(version && { file_sha256: version.sourceSha256 }),
  ...exclusionsOf(carried),
});

export const exclusionsOf = (carried: ImportResult['carried']) => carried && { exclusions: carried.told };
