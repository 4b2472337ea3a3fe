import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { RunRequest } from '../../../src/lib/contract/contract';
import { AppError } from '../../../src/lib/messages/app-error';
import { invalidSetting, parseSetOptions } from '../../../src/lib/training/settings';
import type { BaseModel } from '../../../src/lib/types/base-model';
import { type Dataset, PresetId } from '../../../src/lib/types/lora-training';
import { usageError, type Workplace } from '../command';
import { importFiles } from './import-files';
import { mixtureOf, parseMixed } from './mixed-in';
import { tellImport } from './import-outcome';
import { datasetOrFile, findBaseModel, requireFiles } from '../find';

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

const Plain = z.record(z.string(), z.union([z.string(), z.number(), z.null(), z.array(z.string())]));
const ConfigFile = z.looseObject({
  dataset: z.string().optional(),
  base_model: z.string().optional(),
  preset: PresetId.optional(),
  name: z.string().optional(),
});

interface Config {
  readonly options: Partial<RunOptions>;
  readonly settings: readonly string[];
}

const asSetOption = ([name, value]: [string, z.infer<typeof Plain>[string]]): string =>
  `${name}=${Array.isArray(value) ? value.join(',') : value}`;

const readJson = async (path: string): Promise<unknown> => {
  await requireFiles([path]);
  try {
    return JSON.parse(await readFile(resolve(path), 'utf8'));
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw usageError(`The settings file ${path} cannot be read: ${reason}.`, 'Give a JSON file.');
  }
};

const readConfig = async (path: string | undefined): Promise<Config> => {
  if (path === undefined) return { options: {}, settings: [] };
  const parsed = ConfigFile.safeParse(await readJson(path));
  if (!parsed.success) throw invalidSetting(`${path}: ${parsed.error.issues[0]?.message ?? 'not valid'}.`);
  const { dataset, base_model, preset, name, settings: nested, ...flat } = parsed.data;
  const settings = Plain.safeParse(nested ?? flat);
  if (!settings.success)
    throw invalidSetting(`${path}: a setting is a text, a number, null or a list of names.`);
  // The settings of a finished run name its base model too.
  const { base_model: _label, ...values } = settings.data;
  const named = { dataset, preset, name, baseModel: base_model };
  const options = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
  return { options, settings: Object.entries(values).map(asSetOption) };
};

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

/** A run as the words of a command line and a settings file describe it; the command line wins. */
export const runOf = async (work: Workplace, given: RunOptions): Promise<Run> => {
  const config = await readConfig(given.config);
  const changes = parseSetOptions([...config.settings, ...given.set]);
  const wanted = { ...config.options, ...given };
  const datasetWord = given.dataset ?? config.options.dataset;
  const modelWord = given.baseModel ?? config.options.baseModel;
  if (datasetWord === undefined) throw usageError('--dataset is missing.', 'Name a dataset or a file.');
  if (modelWord === undefined)
    throw usageError('--base-model is missing.', 'Name a base model or its folder.');
  const { services } = work.app;
  const baseModel = await findBaseModel(services, modelWord);
  const dataset = await datasetOf(work, datasetWord);
  const more = [];
  for (const { dataset: word, weight } of given.mix.map(parseMixed))
    more.push({ dataset_id: (await datasetOf(work, word)).id, weight });
  const preset_id = given.preset ?? config.options.preset ?? 'balanced';
  const mixture = mixtureOf(given.weight, more);
  const request = { ...mixture, dataset_id: dataset.id, base_model_id: baseModel.id, preset_id, changes };
  return {
    request,
    dataset,
    baseModel,
    name: wanted.name ?? `${dataset.name} · ${baseModel.name}`.slice(0, 200),
  };
};
