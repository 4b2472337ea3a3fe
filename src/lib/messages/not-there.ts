import { AppError } from './app-error';

/** Which command lists the things of a kind. */
const LISTS = {
  dataset: 'datasets list',
  'deleted dataset': 'datasets list --deleted',
  'dataset or file': 'datasets list',
  'base model': 'base-models list',
  run: 'jobs list',
  model: 'artifacts list',
  'deleted model': 'artifacts list --deleted',
} as const;

export type Listed = keyof typeof LISTS;

/** `not_found`, with the command that tells which there are. */
export const notThere = (what: Listed, wanted: string): AppError =>
  new AppError({
    code: 'not_found',
    message: `There is no ${what} “${wanted}”.`,
    hint: `See which there are: \`pipeline ${LISTS[what]}\`.`,
  });
