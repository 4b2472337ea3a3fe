import { expect, it } from 'vitest';
import type { BasePlace } from '../../../src/lib/types/run-folder';
import { memoryMethod } from './memory-method';

const config = {
  hidden_size: 64,
  intermediate_size: 128,
  num_hidden_layers: 4,
  num_attention_heads: 4,
  num_key_value_heads: 4,
  head_dim: 16,
  vocab_size: 100,
  tie_word_embeddings: true,
};
const wordsFor = (base: BasePlace | undefined, recompute_layers = 0): string =>
  memoryMethod(
    { micro_batch: 1, recompute_mlps: 0, recompute_layers, ...(base && { base }) },
    { model: { config }, runs: 0, isAtWork: false },
  );

it('says that the base model leaves the card, and what is computed twice beside it', () => {
  expect(wordsFor('offloaded')).toMatch(/So that it fits, the base model lies in the computer’s memory/);
  expect(wordsFor('offloaded', 2)).toMatch(/copied to the card .* 2 of 4 layers are computed twice/);
  expect(wordsFor('sharded')).toMatch(/hold a part of the base model each/);
  for (const base of ['kept', undefined] as const) expect(wordsFor(base)).not.toContain('So that it fits');
});
