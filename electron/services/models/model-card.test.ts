import { expect, it } from 'vitest';
import { newArtifact } from '../../db/testing';
import { ModelArtifact } from '../../../src/lib/types/model-artifact';
import { modelCard } from './model-card';

const ID = '2f6b0c9e-7a31-4c55-9d0e-1b2a3c4d5e6f';
const NOW = '2026-01-01T00:00:00.000Z';

const cardOf = (quantization: 'none' | 'int8' | 'nf4'): string => {
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
  return modelCard(artifact, 'adapter');
};

it('says in how many bits training saw the base model', () => {
  expect(cardOf('nf4')).toContain('The base model had 4-bit (NF4) weights in training');
  expect(cardOf('int8')).toContain('The base model had 8-bit (int8) weights in training');
  expect(cardOf('none')).not.toContain('weights in training');
});
