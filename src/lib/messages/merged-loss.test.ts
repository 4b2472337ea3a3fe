import { expect, it } from 'vitest';
import { mergedLossWords } from './merged-loss';

const LOSSES = { texts: 25, adapter: 4.25652, merged: 4.25654 };

it('says what a merged model was held to, and nothing of an adapter', () => {
  expect(mergedLossWords({ held_out_loss: LOSSES, widened: null })).toBe(
    'held-out loss 4.2565, merged 4.2565',
  );
  expect(mergedLossWords({ held_out_loss: { ...LOSSES, texts: 0 }, widened: null })).toContain(
    'loss of a few dialogues',
  );
  expect(mergedLossWords({ widened: null })).toBeNull();
  expect(mergedLossWords({ held_out_loss: null, widened: null })).toBeNull();
});

it('says of a GGUF file what it computes in llama.cpp', () => {
  const gguf = { tensors: 272, llama_cpp: 'b11549', reason: null };
  expect(mergedLossWords({ held_out_loss: LOSSES, widened: null, gguf })).toBe(
    'held-out loss 4.2565, in llama.cpp 4.2565',
  );
});

it('says why the weights are wider than those of the base model', () => {
  const widened = { dtype: 'bfloat16', merged: 4.4114 };
  expect(mergedLossWords({ held_out_loss: LOSSES, widened })).toBe(
    'held-out loss 4.2565, merged 4.2565 (in float32: rounded to bfloat16 it would be 4.4114)',
  );
});
