import type { DatasetFormat } from '../../../../src/lib/types/dataset-records';
import { convertChat, convertShareGpt, convertTurns } from './chat';
import { convertCompletion } from './completion';
import type { Converter } from './conversion';
import type { RecordShape } from './detect-shape';
import { convertInstruction } from './instruction';
import { convertKto } from './kto';
import { convertText } from './plain-text';
import { convertPreference } from './preference';
import { convertTrainingPair } from './training-pair';

/** A shape is added by its converter here and its rule in `detect-shape`. */
export const CONVERTERS: Record<RecordShape, Converter> = {
  A: convertTrainingPair,
  B: convertTrainingPair,
  C: convertTurns,
  D: convertChat,
  E: convertShareGpt,
  F: convertInstruction,
  G: convertCompletion,
  H: convertPreference,
  KTO: convertKto,
  I: convertText,
};

export const SHAPE_FORMATS: Record<RecordShape, DatasetFormat> = {
  A: 'brightrun_lora_v4',
  B: 'brightrun_lora_v4',
  C: 'turns',
  D: 'chat',
  E: 'sharegpt',
  F: 'alpaca',
  G: 'prompt_completion',
  H: 'preference',
  KTO: 'kto',
  I: 'text',
};
