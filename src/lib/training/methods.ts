import type { DatasetKind } from '../types/dataset-records';
import { TrainingMethod } from '../types/training-settings';
import type { TrainingSettings } from '../types/training-settings';

type Method = TrainingSettings['method'];

/** What each method learns from. */
const KINDS: Readonly<Record<Method, DatasetKind>> = {
  sft: 'sft',
  text: 'text',
  dpo: 'preference',
  orpo: 'preference',
  kto: 'kto',
};

/** The methods that learn from data of a kind. */
export const methodsFor = (kind: DatasetKind): readonly Method[] =>
  TrainingMethod.options.filter((method) => KINDS[method] === kind);

/** Whether a method compares answers, rather than imitating them. */
export const comparesAnswers = (method: Method): boolean => method !== 'sft' && method !== 'text';
