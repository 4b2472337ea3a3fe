import { z } from 'zod';
import { Count, Sha256, Timestamp, Uuid } from './primitives';

/** A checked local Hugging Face folder. `fingerprint` hashes weights, config, tokenizer and template. */
export const BaseModel = z.strictObject({
  id: Uuid,
  user_id: Uuid,
  name: z.string().min(1).max(200),
  path: z.string(),
  architecture: z.string(),
  parameters: Count,
  dtype: z.string(),
  size_bytes: Count,
  fingerprint: Sha256,
  has_chat_template: z.boolean(),
  max_position_embeddings: Count.nullable(),
  config: z.strictObject({
    hidden_size: Count,
    intermediate_size: Count,
    num_hidden_layers: Count,
    num_attention_heads: Count,
    num_key_value_heads: Count,
    head_dim: Count,
    vocab_size: Count,
    tie_word_embeddings: z.boolean(),
    /** Input and output width by name, as the weights have them; absent where a model was added before they were read. */
    linear_layers: z.record(z.string(), z.tuple([Count, Count]).readonly()).optional(),
  }),
  bundled: z.boolean(),
  checked_at: Timestamp,
  created_at: Timestamp,
  revision: Count,
});
export type BaseModel = z.infer<typeof BaseModel>;
