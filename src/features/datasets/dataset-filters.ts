import { capitalised } from '../../components/format';
import { FORMAT_WORDS, recognisedFormat } from '../../lib/messages/dataset-formats';
import { problemAmounts } from '../../lib/messages/problem-amounts';
import { DATASET_FORMATS } from '../../lib/types/dataset-records';
import type { Dataset } from '../../lib/types/lora-training';

/** Stands for no choice. */
export const ALL = '';

export const STATE_WORDS: Readonly<Record<string, string>> = {
  [ALL]: 'Any state',
  ready: 'Ready',
  problems: 'With problems',
  importing: 'Importing',
  error: 'Cannot be used',
};

export const KIND_WORDS: Readonly<Record<string, string>> = {
  [ALL]: 'Any kind',
  sft: 'Conversations',
  preference: 'Preference pairs',
  kto: 'Labelled answers',
  text: 'Plain text',
};

/** What a list of datasets is narrowed to; each is `ALL` where it says nothing. */
export interface Filters {
  readonly query: string;
  readonly state: string;
  readonly kind: string;
  readonly format: string;
  readonly tag: string;
}

export const NO_FILTERS: Filters = { query: '', state: ALL, kind: ALL, format: ALL, tag: ALL };

export const isFiltered = (filters: Filters): boolean =>
  Object.values(filters).some((value) => value !== ALL);

const stateOf = ({ status, report }: Dataset): string => {
  if (status === 'error') return 'error';
  if (status !== 'ready') return 'importing';
  return problemAmounts(report).problems > 0 ? 'problems' : 'ready';
};

/** Datasets that fit every filter; words are looked for in names, also of files, descriptions and tags. */
export const filtered = (
  all: readonly Dataset[],
  { query, state, kind, format, tag }: Filters,
): Dataset[] => {
  const wanted = query.trim().toLowerCase();
  return all.filter(
    (dataset) =>
      (state === ALL || stateOf(dataset) === state) &&
      (kind === ALL || dataset.kind === kind) &&
      (format === ALL || recognisedFormat(dataset) === format) &&
      (tag === ALL || dataset.tags.includes(tag)) &&
      textOf(dataset).includes(wanted),
  );
};

const textOf = ({ name, file_name, description, tags }: Dataset): string =>
  [name, file_name, description ?? '', ...tags].join('\n').toLowerCase();

/** Of a list in which nothing is left: where was looked, and among which. */
export const noMatchWords = ({ query, ...others }: Filters): string => {
  const sought = query.trim();
  if (sought === '') return 'No dataset is like that.';
  const which = Object.values(others).some((value) => value !== ALL) ? 'No such dataset' : 'No dataset';
  return `${which} has “${sought}” in its name, file name, description or tags.`;
};

/** Every tag in use, by name. */
export const tagsOf = (all: readonly Dataset[]): string[] =>
  [...new Set(all.flatMap(({ tags }) => tags))].toSorted((one, other) => one.localeCompare(other));

/** The formats that there are, as a choice; no choice where all are of one. */
export const formatWords = (all: readonly Dataset[]): Readonly<Record<string, string>> => {
  const present = new Set(all.map(recognisedFormat));
  const known = DATASET_FORMATS.filter((format) => present.has(format));
  return known.length < 2
    ? {}
    : {
        [ALL]: 'Any format',
        ...Object.fromEntries(known.map((format) => [format, capitalised(FORMAT_WORDS[format])])),
      };
};

/** What keeps from a run first, then what has most problems, what is ready, what is still read. */
export const stateOrder = (dataset: Dataset): number => {
  const state = stateOf(dataset);
  if (state === 'error') return -Infinity;
  if (state === 'importing') return 1;
  return -problemAmounts(dataset.report).problems;
};
