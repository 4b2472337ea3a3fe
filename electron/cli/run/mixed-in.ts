import type { RunRequest } from '../../../src/lib/contract/contract';
import { Weight } from '../../../src/lib/types/run-mixture';
import { usageError } from '../command';

const NUMBER = /^\d*\.?\d+$/;

const weightOf = (text: string, word: string): number => {
  const weight = Weight.safeParse(Number(text));
  if (weight.success) return weight.data;
  throw usageError(`The weight of ${word} is ${text}; it must lie between 0.01 and 100.`, 'Give another.');
};

/** `dataset` or `dataset=weight`; a name may hold a `=` of its own. */
export const parseMixed = (word: string): { readonly dataset: string; readonly weight: number } => {
  const [at, tail] = [word.lastIndexOf('='), word.slice(word.lastIndexOf('=') + 1)];
  if (at < 1 || !NUMBER.test(tail)) return { dataset: word, weight: 1 };
  const dataset = word.slice(0, at);
  return { dataset, weight: weightOf(tail, dataset) };
};

/** What a request says of a mixture; nothing where only one dataset is named. */
export const mixtureOf = (
  weight: string | undefined,
  more_datasets: NonNullable<RunRequest['more_datasets']>,
): Pick<RunRequest, 'weight' | 'more_datasets'> => {
  if (more_datasets.length > 0)
    return { weight: weight === undefined ? 1 : weightOf(weight, '--dataset'), more_datasets };
  if (weight === undefined) return {};
  throw usageError('--weight means something only beside --mix.', 'Name another dataset with --mix.');
};
