import { z } from 'zod';
import { AppError } from '../../../src/lib/messages/app-error';
import families from '../../../src/lib/training/model-families.json' with { type: 'json' };
import type { BaseModel } from '../../../src/lib/types/base-model';

/** Families whose forward pass transformers carries itself; the trainer's tests train one of each. */
const FAMILIES: ReadonlySet<string> = new Set(families);

const count = z.int().min(1);
const Config = z.object({
  model_type: z.string(),
  hidden_size: count,
  intermediate_size: count.nullish(),
  num_hidden_layers: count,
  num_attention_heads: count,
  num_key_value_heads: count.nullish(),
  head_dim: count.nullish(),
  vocab_size: count,
  tie_word_embeddings: z.boolean().optional(),
  max_position_embeddings: count.nullish(),
  torch_dtype: z.string().nullish(),
  dtype: z.string().nullish(),
});

/** What GPT-2's own configuration calls the sizes, which every other family names alike. */
const GPT2_NAMES: Readonly<Record<string, string>> = {
  n_embd: 'hidden_size',
  n_inner: 'intermediate_size',
  n_layer: 'num_hidden_layers',
  n_head: 'num_attention_heads',
  n_positions: 'max_position_embeddings',
};

const commonNames = (raw: object): object =>
  Object.fromEntries(Object.entries(raw).map(([name, value]) => [GPT2_NAMES[name] ?? name, value]));

export interface ModelConfig {
  readonly architecture: string;
  readonly max_position_embeddings: number | null;
  readonly shape: BaseModel['config'];
}

const refuse = (message: string, hint: string): never => {
  throw new AppError({ code: 'base_model_unsupported', message, hint });
};

/** Reads `config.json`'s content; refuses families that this version does not know. */
export const parseModelConfig = (raw: unknown): ModelConfig => {
  const family = z.looseObject({ model_type: z.string() }).safeParse(raw);
  if (!family.success)
    return refuse('config.json names no model_type.', 'Choose the folder of a complete model.');
  if (!FAMILIES.has(family.data.model_type)) {
    return refuse(
      `Models of the family “${family.data.model_type}” can't be trained by this version.`,
      'Supported are llama, mistral, qwen2, qwen3, gemma, phi and their close relatives.',
    );
  }
  const parsed = Config.safeParse(commonNames(family.data));
  if (!parsed.success) {
    return refuse(`config.json is incomplete: ${z.prettifyError(parsed.error)}`, 'Download the model again.');
  }
  const config = parsed.data;
  return {
    architecture: config.model_type,
    max_position_embeddings: config.max_position_embeddings ?? null,
    shape: {
      hidden_size: config.hidden_size,
      intermediate_size: config.intermediate_size ?? 4 * config.hidden_size,
      num_hidden_layers: config.num_hidden_layers,
      num_attention_heads: config.num_attention_heads,
      num_key_value_heads: config.num_key_value_heads ?? config.num_attention_heads,
      head_dim: config.head_dim ?? Math.floor(config.hidden_size / config.num_attention_heads),
      vocab_size: config.vocab_size,
      tie_word_embeddings: config.tie_word_embeddings ?? false,
    },
  };
};
