import { z } from 'zod';
import { PresetId } from './lora-training';
import { SettingChanges } from './training-settings';

/** On the command line, a dataset or a base model may be a path. */
export const LONGEST_PATH = 4096;

/** What a settings file says of a run; the datasets and base models are words that name one. */
export const Recipe = z.strictObject({
  dataset: z.string().min(1).max(LONGEST_PATH).optional(),
  base_model: z.string().min(1).max(LONGEST_PATH).optional(),
  preset: PresetId.optional(),
  name: z.string().trim().min(1).max(200).optional(),
  changes: SettingChanges,
});
export type Recipe = z.infer<typeof Recipe>;
