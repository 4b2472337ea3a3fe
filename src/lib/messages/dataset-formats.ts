import type { DatasetFormat } from '../types/dataset-records';
import type { Dataset } from '../types/lora-training';

/** What people call the forms that data comes in. */
export const FORMAT_WORDS: Record<DatasetFormat, string> = {
  brightrun_lora_v4: 'BrightRun v4',
  brightrun_lora_v3: 'BrightRun v3',
  turns: 'turns',
  chat: 'chat messages',
  sharegpt: 'ShareGPT',
  alpaca: 'Alpaca',
  prompt_completion: 'prompt, completion',
  preference: 'preference pairs',
  kto: 'KTO',
  text: 'plain text',
  table: 'table',
};

type Judged = Pick<Dataset, 'format' | 'report' | 'status'>;

/** Null where the file was not recognised, or not yet: the column then holds a default that nobody found. */
export const recognisedFormat = ({ format, report, status }: Judged): DatasetFormat | null => {
  // One that was read in again from its folder has no report, and its format is that of its records.
  if (report === null) return status === 'ready' ? format : null;
  return report.format;
};

/** What stands in the format's place; null where nothing can be said yet. */
export const unrecognisedWords = ({ status }: Pick<Dataset, 'status'>): string | null =>
  status === 'error' ? 'not recognised' : null;

export const shapeWords = (dataset: Judged): string | null => {
  const format = recognisedFormat(dataset);
  return format === null ? unrecognisedWords(dataset) : FORMAT_WORDS[format];
};
