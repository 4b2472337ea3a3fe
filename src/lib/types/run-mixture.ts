import { z } from 'zod';
import { Sha256, Uuid } from './primitives';

/** How often an epoch sees a dataset's records: 1 is each once, 2 each twice, 0.5 a half of them. */
export const Weight = z.number().min(0.01).max(100);

export const WeightedDataset = z.strictObject({ dataset_id: Uuid, weight: Weight });
export type WeightedDataset = z.infer<typeof WeightedDataset>;

/** One dataset of a run, as the run took it. */
export const RunDataset = z.strictObject({
  dataset_id: Uuid,
  dataset_version_id: Uuid,
  name: z.string(),
  sha256: Sha256,
  format: z.string(),
  weight: Weight,
});
export type RunDataset = z.infer<typeof RunDataset>;

/** The same of a run that is kept, with the number of the dataset's version. */
export const KeptRunDataset = RunDataset.extend({ version_number: z.int().min(1) });
export type KeptRunDataset = z.infer<typeof KeptRunDataset>;
