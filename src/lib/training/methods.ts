import type { DatasetKind } from '../types/dataset-records';
import { TrainingMethod } from '../types/training-settings';
import type { TrainingSettings } from '../types/training-settings';

type Method = TrainingSettings['method'];

/** What each method learns from. */
const KINDS: Readonly<Record<Method, DatasetKind>> = { sft: 'sft', text: 'text' };

/** The methods that learn from data of a kind; none where this version cannot train on it. */
export const methodsFor = (kind: DatasetKind): readonly Method[] =>
  TrainingMethod.options.filter((method) => KINDS[method] === kind);
