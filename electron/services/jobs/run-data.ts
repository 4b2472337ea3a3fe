import { writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { SplitChoice } from '../../../src/lib/types/dataset-split';
import { SamplePrompt } from '../../../src/lib/types/run-folder';
import { defaultPrompts, splitDataset } from './dataset-scan';
import { splitMixture, writeMixture } from './mixture-file';

/** What is read to make the data of a run, and where it is written; paths are absolute. */
export const RunDataRequest = z.strictObject({
  sources: z
    .array(z.strictObject({ path: z.string(), name: z.string(), format: z.string(), weight: z.number() }))
    .min(1),
  /** Where the records of several are mixed; null for one, which is read where it is. */
  mixture_path: z.string().nullable(),
  split_path: z.string(),
  split: SplitChoice,
  wants_prompts: z.boolean(),
});
export type RunDataRequest = Readonly<z.infer<typeof RunDataRequest>>;

/** How many records train and are held out; `sha256` is that of the mixture. */
export const RunData = z.strictObject({
  sha256: z.string().nullable(),
  train: z.int(),
  held_out: z.int(),
  prompts: z.array(SamplePrompt),
});
export type RunData = Readonly<z.infer<typeof RunData>>;

/** Writes the data of a run. `makeRunData` is one of these, and so is what `runDataInWorker` makes. */
export type RunDataMaker = (request: RunDataRequest) => Promise<RunData>;

/** The mixture, the split of its records, and the questions of those held out. */
export const makeRunData: RunDataMaker = async ({
  sources,
  mixture_path,
  split_path,
  split: options,
  wants_prompts,
}) => {
  const path = mixture_path ?? sources[0]?.path ?? '';
  const sha256 = mixture_path === null ? null : await writeMixture(mixture_path, sources);
  const split =
    mixture_path === null ? await splitDataset(path, options) : await splitMixture(path, sources, options);
  await writeFile(split_path, `${JSON.stringify(split)}\n`, { mode: 0o600 });
  const prompts = wants_prompts ? await defaultPrompts(path, split) : [];
  return { sha256, train: split.train.length, held_out: split.held_out.length, prompts };
};
