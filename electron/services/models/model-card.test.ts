import { expect, it } from 'vitest';
import { newArtifact } from '../../db/testing';
import { type ExportFormat, ModelArtifact } from '../../../src/lib/types/model-artifact';
import type { Quantization } from '../../../src/lib/types/training-settings';
import { modelCard } from './model-card';

const ID = '2f6b0c9e-7a31-4c55-9d0e-1b2a3c4d5e6f';
const NOW = '2026-01-01T00:00:00.000Z';

interface Shown {
  readonly format: ExportFormat;
  readonly has_chat_template: boolean;
  readonly method: ModelArtifact['configuration']['method'];
}

const cardOf = (
  quantization: Quantization,
  { format = 'adapter', has_chat_template = true, method = 'sft' }: Partial<Shown> = {},
): string => {
  const made = newArtifact({ job_id: ID, dataset_id: ID, base_model_id: ID });
  const artifact = {
    ...ModelArtifact.parse({
      ...made,
      user_id: ID,
      version: '1',
      status: 'stored',
      deployed_at: null,
      created_at: NOW,
      updated_at: NOW,
      deleted_at: null,
      revision: 0,
      notes: null,
      tags: [],
      verdict: null,
    }),
    configuration: { ...made.configuration, quantization, method },
  };
  return modelCard(artifact, { format, has_chat_template });
};

it('says in how many bits training saw the base model', () => {
  expect(cardOf('nf4')).toContain('The base model had 4-bit (NF4) weights in training');
  expect(cardOf('int8')).toContain('The base model had 8-bit (int8) weights in training');
  expect(cardOf('none')).not.toContain('weights in training');
});

it('says which template was used where the base model has none', () => {
  const plain = "Pipeline's plain one was used in training";
  expect(cardOf('none', { has_chat_template: false })).toContain(plain);
  expect(cardOf('none', { has_chat_template: false, format: 'merged' })).toContain(plain);
  expect(cardOf('none')).not.toContain('chat template');
  expect(cardOf('none', { has_chat_template: false, method: 'text' })).not.toContain('chat template');
});

it('says how each export is loaded', () => {
  expect(cardOf('none')).toMatch(/library_name: peft[^]*A LoRA adapter for[^]*PeftModel/);
  expect(cardOf('none', { format: 'zip' })).toBe(cardOf('none'));
  expect(cardOf('none', { format: 'merged' })).toMatch(
    /library_name: transformers[^]*merged into its weights/,
  );
  expect(cardOf('none', { format: 'merged' })).not.toMatch(/peft/i);
  expect(cardOf('none', { format: 'gguf' })).toMatch(
    /library_name: gguf[^]*merged into its weights[^]*llama-cli -m model\.gguf/,
  );
  expect(cardOf('none', { format: 'gguf-adapter' })).toMatch(/A LoRA adapter for[^]*--lora adapter\.gguf/);
});

it('names data, settings, and the losses before and after', () => {
  const card = cardOf('none');
  const {
    training_summary: summary,
    configuration,
    quality_metrics: quality,
  } = newArtifact({
    job_id: ID,
    dataset_id: ID,
    base_model_id: ID,
  });
  expect(card).toContain(summary.dataset_version_sha256);
  expect(card).toContain(`| learning_rate | ${configuration.learning_rate} |`);
  for (const loss of [quality.base_validation_loss, quality.final_validation_loss])
    expect(card).toContain(loss === null ? 'not measured' : loss.toFixed(4));
  expect(card).toContain('\nLower on 1 record: too few to tell. A verdict needs 20 held-out records or more');
});
