import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/lib/messages/app-error';
import { parseModelConfig } from './model-config';

const LLAMA = {
  model_type: 'llama',
  hidden_size: 8,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  vocab_size: 32,
};

/** As the hub has it: transformers leaves out what is GPT-2's default. */
const GPT2 = {
  model_type: 'gpt2',
  n_ctx: 1024,
  n_embd: 768,
  n_head: 12,
  n_inner: null,
  n_layer: 12,
  n_positions: 1024,
  vocab_size: 50257,
};

const refusalOf = (raw: unknown): Pick<AppError, 'code' | 'message' | 'hint'> => {
  try {
    parseModelConfig(raw);
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, message: error.message, hint: error.hint };
    throw error;
  }
  throw new Error('accepted');
};

describe('a model’s config', () => {
  it('is read by GPT-2’s own names', () => {
    expect(parseModelConfig(GPT2)).toEqual({
      architecture: 'gpt2',
      max_position_embeddings: 1024,
      shape: {
        hidden_size: 768,
        intermediate_size: 3072,
        num_hidden_layers: 12,
        num_attention_heads: 12,
        num_key_value_heads: 12,
        head_dim: 64,
        vocab_size: 50257,
        tie_word_embeddings: true,
      },
    });
    expect(parseModelConfig({ ...GPT2, n_inner: 1000 }).shape.intermediate_size).toBe(1000);
  });

  it.each([
    [{ ...LLAMA, hidden_size: undefined }, 'config.json does not say hidden_size.'],
    [
      { ...LLAMA, hidden_size: null, num_attention_heads: undefined, vocab_size: undefined },
      'config.json does not say hidden_size, num_attention_heads and vocab_size.',
    ],
    [{ ...LLAMA, vocab_size: 'many' }, 'config.json gives vocab_size a value that cannot be.'],
    [
      { ...LLAMA, vocab_size: 0, num_hidden_layers: undefined },
      'config.json does not say num_hidden_layers, and gives vocab_size a value that cannot be.',
    ],
    [{ ...GPT2, n_embd: undefined, n_layer: undefined }, 'config.json does not say n_embd and n_layer.'],
    [{ ...GPT2, n_inner: -1 }, 'config.json gives n_inner a value that cannot be.'],
  ])('that cannot be used is refused in one sentence that names its keys: %#', (raw, message) => {
    expect(refusalOf(raw)).toEqual({
      code: 'base_model_incomplete',
      message,
      hint: 'Take config.json from where the model came from, and add the folder again.',
    });
  });

  it.each([null, [], 'text', {}, { model_type: 3 }])('without a family is refused: %j', (raw) => {
    expect(refusalOf(raw)).toMatchObject({ message: 'config.json names no model_type.' });
  });
});
