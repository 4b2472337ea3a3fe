import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AppError } from '../../src/lib/messages/app-error';
import { notThere } from '../../src/lib/messages/not-there';
import type { Listed } from '../../src/lib/messages/not-there';
import { namedRows, severalWords } from '../../src/lib/named-rows';
import type { BaseModel } from '../../src/lib/types/base-model';
import type { Dataset, TrainingJob } from '../../src/lib/types/lora-training';
import type { ModelArtifact } from '../../src/lib/types/model-artifact';
import { datasetInBin } from '../services/datasets/dataset-errors';
import { isMissing } from '../services/trainer/file-errors';
import type { CliServices } from './io';

interface Named {
  readonly id: string;
  readonly name: string;
  readonly status?: string;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u;

const ambiguous = (message: string, found: readonly Named[]): AppError =>
  new AppError({
    code: 'ambiguous_name',
    message: `${message}.`,
    hint: `Give the id of one: ${found
      .slice(0, 5)
      .map(({ id, status }) => (status === undefined ? id : `${id} (${status})`))
      .join(', ')}.`,
  });

/** `null` where none fits. */
const pick = <Row extends Named>(what: string, wanted: string, rows: readonly Row[]): Row | null => {
  const found = namedRows(wanted, rows);
  if (found.rows.length > 1) throw ambiguous(severalWords(what, wanted, found), found.rows);
  return found.rows[0] ?? null;
};

const required = <Row extends Named>(what: Listed, wanted: string, rows: readonly Row[]): Row => {
  const found = pick(what, wanted, rows);
  if (!found) throw notThere(what, wanted);
  return found;
};

const isKind = async (path: string, kind: 'file' | 'folder'): Promise<boolean> => {
  const found = await stat(resolve(path)).catch(() => null);
  return kind === 'file' ? (found?.isFile() ?? false) : (found?.isDirectory() ?? false);
};

const missingPath = (what: string, path: string): AppError =>
  new AppError({
    code: 'not_found',
    message: `There is no ${what} ${resolve(path)}.`,
    hint: 'Check its name and whether its drive is connected.',
  });

/** Throws `not_found` before anything is done with the others; of what is no file their reader says why. */
export const requireFiles = async (paths: readonly string[]): Promise<void> => {
  for (const path of paths) if (await isAbsent(path)) throw missingPath('file', path);
};

const isAbsent = (path: string): Promise<boolean> => stat(resolve(path)).then(() => false, isMissing);

export const requireFolder = async (path: string): Promise<string> => {
  if (!(await isKind(path, 'folder'))) throw missingPath('folder', path);
  return resolve(path);
};

export const findDataset = async (
  { datasets, repositories }: CliServices,
  wanted: string,
): Promise<Dataset> => {
  const found = pick('dataset', wanted, await datasets.list());
  if (found) return found;
  const away = pick('deleted dataset', wanted, await repositories.datasets.listDeleted());
  if (!away) throw notThere('dataset', wanted);
  throw datasetInBin(away);
};

/** Also one that was deleted. */
export const findDeletedDataset = async ({ repositories }: CliServices, wanted: string): Promise<Dataset> =>
  required('deleted dataset', wanted, await repositories.datasets.listDeleted());

/** A dataset that is there, or a file that becomes one. */
export const datasetOrFile = async (
  services: CliServices,
  wanted: string,
): Promise<{ dataset: Dataset } | { file: string }> => {
  const dataset = pick('dataset', wanted, await services.datasets.list());
  if (dataset) return { dataset };
  if (await isKind(wanted, 'file')) return { file: resolve(wanted) };
  const away = pick('deleted dataset', wanted, await services.repositories.datasets.listDeleted());
  if (away) throw datasetInBin(away);
  throw notThere('dataset or file', wanted);
};

export const listBaseModels = async ({ baseModels }: CliServices): Promise<BaseModel[]> => {
  await baseModels.ensureBundled();
  return baseModels.list();
};

/** A known base model, or a folder that becomes one. */
export const findBaseModel = async (services: CliServices, wanted: string): Promise<BaseModel> => {
  const known = pick('base model', wanted, await listBaseModels(services));
  if (known) return known;
  if (await isKind(wanted, 'folder')) return services.baseModels.add({ path: resolve(wanted) });
  throw notThere('base model', wanted);
};

export const findKnownBaseModel = async (services: CliServices, wanted: string): Promise<BaseModel> =>
  required('base model', wanted, await listBaseModels(services));

export const findJob = async ({ jobs }: CliServices, wanted: string): Promise<TrainingJob> =>
  required('run', wanted, await jobs.list());

export const findDeletedArtifact = async ({ models }: CliServices, wanted: string): Promise<ModelArtifact> =>
  required('deleted model', wanted, await models.listDeleted());

/** By its own id or name, or by the id of the run that made it. */
export const findArtifact = async ({ models }: CliServices, wanted: string): Promise<ModelArtifact> => {
  const artifacts = await models.list();
  const ofRun = UUID.test(wanted) ? artifacts.find(({ job_id }) => job_id === wanted) : undefined;
  return ofRun ?? required('model', wanted, artifacts);
};
