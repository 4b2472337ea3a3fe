import { expect, it } from 'vitest';
import { newArtifact } from '../../db/testing';
import { type ExportFormat, ModelArtifact } from '../../../src/lib/types/model-artifact';
import type { Quantization } from '../../../src/lib/types/training-settings';
import { modelCard } from './model-card';

const ID = '2f6b0c9e-7a31-4c55-9d0e-1b2a3c4d5e6f';
const NOW = '2026-01-01T00:00:00.000Z';

const cardOf = (
  quantization: Quantization,
  format: ExportFormat = 'adapter',
  hasOwnTemplate = true,
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
    configuration: { ...made.configuration, quantization },
  };
  return modelCard(artifact, { format, hasOwnTemplate });
};

it('says in how many bits training saw the base model', () => {
  expect(cardOf('nf4')).toContain('The base model had 4-bit (NF4) weights in training');
  expect(cardOf('int8')).toContain('The base model had 8-bit (int8) weights in training');
  expect(cardOf('none')).not.toContain('weights in training');
});

it('says how each export is loaded', () => {
  expect(cardOf('none')).toMatch(/library_name: peft[^]*A LoRA adapter for[^]*PeftModel/);
  expect(cardOf('none', 'zip')).toBe(cardOf('none'));
  expect(cardOf('none', 'merged')).toMatch(/library_name: transformers[^]*merged into its weights/);
  expect(cardOf('none', 'merged')).not.toMatch(/peft/i);
});

it('says that the template is the plain one where the base model has none', () => {
  for (const format of ['adapter', 'merged'] as const)
    expect(cardOf('none', format, false)).toMatch(/no chat template[^]*plain one[^]*chat_template\.jinja/);
  expect(cardOf('none')).not.toContain('no chat template');
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
});
