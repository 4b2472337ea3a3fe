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
    { model: { config }, runs: 0, probes: 0, isProbed: false, isAtWork: false, length_bytes: 0 },
  );

it('says that the base model leaves the card, and what is computed twice beside it', () => {
  expect(wordsFor('offloaded')).toMatch(/So that it fits, the base model lies in the computer’s memory/);
  expect(wordsFor('offloaded', 2)).toMatch(/copied to the card .* 2 of 4 layers are computed twice/);
  expect(wordsFor('sharded')).toMatch(/hold a part of the base model each/);
  for (const base of ['kept', undefined] as const) expect(wordsFor(base)).not.toContain('So that it fits');
});

const PLAN = { micro_batch: 4, recompute_mlps: 0, recompute_layers: 0 };

it.each([
  [{ runs: 0, probes: 0, isProbed: false }, /^≈ from weights.*± 10 % until a run was measured here\.$/],
  [{ runs: 2, probes: 0, isProbed: false }, /that 2 past runs of this architecture used.*up to 5 % more\.$/],
  [{ runs: 1, probes: 1, isProbed: false }, /that one past run and one probe of this architecture used/],
  [{ runs: 3, probes: 1, isProbed: true }, /^As two steps at the longest row held on this machine; ± 3 %\.$/],
])('says of %j where the figure comes from', (measured, words) => {
  expect(memoryMethod(PLAN, { model: { config }, isAtWork: false, length_bytes: 0, ...measured })).toMatch(
    words,
  );
});

it('says what lengths that differ may leave', () => {
  const measured = { runs: 0, probes: 0, isProbed: true };
  expect(
    memoryMethod(PLAN, { model: { config }, isAtWork: false, length_bytes: 512 * 1024 ** 2, ...measured }),
  ).toMatch(/± 3 %\. Beyond that, rows of differing lengths may leave 512 MB in use/);
});
