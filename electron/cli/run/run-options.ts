import { z } from 'zod';
import type { RunRequest } from '../../../src/lib/contract/contract';
import { AppError } from '../../../src/lib/messages/app-error';
import { parseSetOptions } from '../../../src/lib/training/settings';
import type { BaseModel } from '../../../src/lib/types/base-model';
import { type Dataset, PresetId } from '../../../src/lib/types/lora-training';
import type { Recipe } from '../../../src/lib/types/recipe';
import { readRecipeFile } from '../../services/recipes/recipe-files';
import { usageError, type Workplace } from '../command';
import { importFiles } from './import-files';
import { mixtureOf, parseMixed } from './mixed-in';
import { tellImport } from './import-outcome';
import { datasetOrFile, findBaseModel } from '../find';

/** The words that `train` and `estimate` share. */
export const RunOptions = z.object({
  dataset: z.string().optional(),
  baseModel: z.string().optional(),
  preset: PresetId.optional(),
  mix: z.array(z.string()).max(9, 'at most nine').default([]),
  weight: z.string().optional(),
  set: z.array(z.string()).default([]),
  config: z.string().optional(),
  name: z.string().trim().min(1).max(200).optional(),
});
type RunOptions = z.infer<typeof RunOptions>;

export const RUN_FLAGS: readonly (readonly [string, string])[] = [
  ['--dataset <dataset>', 'id, name, or a file to import'],
  [
    '--mix <datasets...>',
    'further datasets, each as dataset or dataset=weight: 2 is every record twice an epoch',
  ],
  ['--weight <weight>', 'the weight of --dataset beside those of --mix'],
  ['--base-model <model>', 'id, name, or a folder'],
  ['--preset <preset>', 'conservative, balanced, aggressive or custom'],
  ['--set <settings...>', 'name=value …, on top of the preset'],
  ['--config <file>', 'JSON with settings, and dataset, base_model, preset, name'],
];

export interface Run {
  readonly request: RunRequest;
  readonly name: string;
  readonly dataset: Dataset;
  readonly baseModel: BaseModel;
}

const importFor = async (work: Workplace, file: string): Promise<Dataset> => {
  const [outcome] = await importFiles(work, [file]);
  if (!outcome) throw usageError(`${file} was not imported.`, 'Import it again.');
  if (outcome.error) throw new AppError(outcome.error);
  tellImport(work.output, outcome);
  return outcome.dataset;
};

const datasetOf = async (work: Workplace, word: string): Promise<Dataset> => {
  const found = await datasetOrFile(work.app.services, word);
  return 'file' in found ? importFor(work, found.file) : found.dataset;
};

const NOTHING_SAID: Recipe = { changes: {} };

/** The words of the command line, then those of its settings file. */
const wantedBy = async (given: RunOptions) => {
  const said = given.config === undefined ? NOTHING_SAID : await readRecipeFile(given.config);
  return {
    datasetWord: given.dataset ?? said.dataset,
    modelWord: given.baseModel ?? said.base_model,
    preset_id: given.preset ?? said.preset ?? 'balanced',
    name: given.name ?? said.name,
    changes: { ...said.changes, ...parseSetOptions(given.set) },
  };
};

/** A run as the words of a command line and a settings file describe it; the command line wins. */
export const runOf = async (work: Workplace, given: RunOptions): Promise<Run> => {
  const { datasetWord, modelWord, preset_id, name, changes } = await wantedBy(given);
  if (datasetWord === undefined) throw usageError('--dataset is missing.', 'Name a dataset or a file.');
  if (modelWord === undefined)
    throw usageError('--base-model is missing.', 'Name a base model or its folder.');
  const { services } = work.app;
  const baseModel = await findBaseModel(services, modelWord);
  const dataset = await datasetOf(work, datasetWord);
  const more = [];
  for (const { dataset: word, weight } of given.mix.map(parseMixed))
    more.push({ dataset_id: (await datasetOf(work, word)).id, weight });
  const mixture = mixtureOf(given.weight, more);
  const request = { ...mixture, dataset_id: dataset.id, base_model_id: baseModel.id, preset_id, changes };
  return {
    request,
    dataset,
    baseModel,
    name: name ?? `${dataset.name} · ${baseModel.name}`.slice(0, 200),
  };
};
