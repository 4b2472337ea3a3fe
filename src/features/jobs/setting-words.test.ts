import { expect, test } from 'vitest';
import type { TrainingSettings } from '../../lib/types/training-settings';
import { settingRows } from './setting-words';
import { exampleJob } from './testing';

const words = (label: string, settings: Partial<TrainingSettings>): string | undefined =>
  settingRows({ ...exampleJob().hyperparameters, ...settings }).find(([name]) => name === label)?.[1];

test('one of a thing is told in the singular', () => {
  expect(words('Accumulation', { gradient_accumulation_steps: 1 })).toBe('1 batch');
  expect(words('Accumulation', { gradient_accumulation_steps: 4 })).toBe('4 batches');
  expect(words('Batch size', { batch_size: 1 })).toBe('1 record');
});

test('a share is told in percent', () => {
  expect(words('Held out', { validation_share: 0.1 })).toBe('10 % of records');
  expect(words('Warm-up', { warmup_ratio: 0.03 })).toBe('3 % of steps');
  expect(words('Dropout', { lora_dropout: 0.05 })).toBe('5 %');
});

test('what was left to the trainer says what became of it', () => {
  const rows = settingRows({ ...exampleJob().hyperparameters, save_steps: null }, { save_steps: '50' });
  expect(rows.find(([name]) => name === 'Checkpoint every')?.[1]).toBe('by rule: 50');
});

test('steps at most overrule the epochs, which say so', () => {
  expect(words('Epochs', { num_epochs: 5, max_steps: null })).toBe('5');
  expect(words('Epochs', { num_epochs: 5, max_steps: 400 })).toBe('5, overruled by 400 steps');
});

test('no choice is told as the trainer calls it', () => {
  expect(words('Method', { method: 'sft' })).toBe('imitate answers (SFT)');
  expect(words('Target layers', { target_modules: 'all-linear' })).toBe('all linear layers');
  expect(words('Target layers', { target_modules: ['q_proj', 'v_proj'] })).toBe('q_proj, v_proj');
  expect(words('Base model in memory', { quantization: 'none' })).toBe('as in its files');
  const told = settingRows(exampleJob().hyperparameters).map(([, value]) => value);
  expect(told.filter((value) => /^(auto|none|sft|lora|adamw|all-linear)$/.test(value))).toEqual([]);
});
