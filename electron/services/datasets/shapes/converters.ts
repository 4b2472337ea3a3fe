import type { DatasetFormat, DatasetShape } from '../../../../src/lib/types/dataset-records';
import { convertChat } from './chat';
import type { Converter } from './conversion';
import { convertInstruction } from './instruction';
import { convertTrainingPair } from './training-pair';

/** The shapes that this version imports. A shape is added by its converter and its rule in `detect-shape`. */
const CONVERTERS: ReadonlyMap<DatasetShape, Converter> = new Map<DatasetShape, Converter>([
  ['A', convertTrainingPair],
  ['B', convertTrainingPair],
  ['D', convertChat],
  ['F', convertInstruction],
]);

export function converterOf(shape: DatasetShape): Converter | null {
  return CONVERTERS.get(shape) ?? null;
}

export const SHAPE_FORMATS: Record<DatasetShape, DatasetFormat> = {
  A: 'brightrun_lora_v4',
  B: 'brightrun_lora_v4',
  C: 'turns',
  D: 'chat',
  E: 'sharegpt',
  F: 'alpaca',
  G: 'prompt_completion',
  H: 'preference',
  I: 'text',
  J: 'table',
};
