import type { DatasetFormat } from '../types/dataset-records';

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
