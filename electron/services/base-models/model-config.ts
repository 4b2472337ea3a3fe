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

/** What GPT-2 calls them. */
const GPT2_NAMES: Readonly<Record<string, string>> = {
  hidden_size: 'n_embd',
  intermediate_size: 'n_inner',
  num_hidden_layers: 'n_layer',
  num_attention_heads: 'n_head',
  max_position_embeddings: 'n_positions',
};

export interface ModelConfig {
  readonly architecture: string;
  readonly max_position_embeddings: number | null;
  readonly shape: BaseModel['config'];
}

const refuse = (code: string, message: string, hint: string): never => {
  throw new AppError({ code, message, hint });
};

const listed = (names: readonly string[]): string =>
  [names.slice(0, -1).join(', '), ...names.slice(-1)].filter(Boolean).join(' and ');

type Keys = z.infer<typeof Keys>;
const Keys = z.looseObject({ model_type: z.string() });

/** What of a config cannot be used, by the family's own names. */
const refuseKeys = ({ issues }: z.ZodError, keys: Keys, names: Readonly<Record<string, string>>): never => {
  const known = [...new Set(issues.map(({ path }) => String(path[0])))].map((key) => names[key] ?? key);
  const missing = known.filter((key) => (keys[key] ?? null) === null);
  const wrong = known.filter((key) => !missing.includes(key));
  const parts = [
    ...(missing.length > 0 ? [`does not say ${listed(missing)}`] : []),
    ...(wrong.length > 0 ? [`gives ${listed(wrong)} a value that cannot be`] : []),
  ];
  return refuse(
    'base_model_incomplete',
    `config.json ${parts.join(', and ')}.`,
    'Take config.json from where the model came from, and add the folder again.',
  );
};

/** A config by the names that most families have. */
const readConfig = (keys: Keys): z.infer<typeof Config> => {
  const isGpt2 = keys.model_type === 'gpt2';
  const names = isGpt2 ? GPT2_NAMES : {};
  const renamed = Object.entries(names).map(([name, own]) => [name, keys[own]] as const);
  // Its files leave out what is the family's default.
  const usual = isGpt2 ? { tie_word_embeddings: true } : {};
  const parsed = Config.safeParse({ ...usual, ...keys, ...Object.fromEntries(renamed) });
  return parsed.success ? parsed.data : refuseKeys(parsed.error, keys, names);
};

/** Reads `config.json`'s content; refuses families that this version does not know. */
export const parseModelConfig = (raw: unknown): ModelConfig => {
  const family = Keys.safeParse(raw);
  if (!family.success)
    return refuse(
      'base_model_unsupported',
      'config.json names no model_type.',
      'Choose the folder of a complete model.',
    );
  if (!FAMILIES.has(family.data.model_type)) {
    return refuse(
      'base_model_unsupported',
      `Models of the family “${family.data.model_type}” can't be trained by this version.`,
      'Supported are llama, mistral, qwen2, qwen3, gemma, phi and their close relatives.',
    );
  }
  const config = readConfig(family.data);
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

/** Whether weights of linear layers are stored as (in, out), as GPT-2 alone has them. */
export const isTransposed = ({ architecture }: ModelConfig): boolean => architecture === 'gpt2';
