import type { BaseModel } from '../types/base-model';
import type { TrainingSettings } from '../types/training-settings';
import { trainableParameters } from './memory-layers';

type Shape = BaseModel['config'];

/** Bytes of the adapter and of so many checkpoints: each the adapter and two moments of every parameter, in float32. */
const bytesWith = (checkpoints: number, trainable: number): number => 4 * trainable * (1 + 3 * checkpoints);

/** What a run has on the disk at its end: its adapter, the checkpoints it keeps and the best one. */
export const keptBytes = (shape: Shape, settings: TrainingSettings): number =>
  bytesWith(settings.save_total_limit + 1, trainableParameters(shape, settings));

/** What a run must be able to write so that anything comes of it: one checkpoint and its adapter. */
export const leastBytes = (shape: Shape, settings: TrainingSettings): number =>
  bytesWith(1, trainableParameters(shape, settings));
