import { z } from 'zod';
import { CanonicalMessage } from './dataset-records';
import { Count } from './primitives';

/** What the model will see of one record, made by the trainer's own template, tokenizer and mask. */
export const RecordView = z.strictObject({
  messages: z.array(CanonicalMessage),
  text: z.string(),
  tokens: z.array(z.strictObject({ id: Count, text: z.string(), trained: z.boolean(), cut: z.boolean() })),
  /** Token ranges [start, end) of each turn of the rendered text. */
  turns: z.array(
    z.strictObject({ role: z.string(), start: Count, end: Count, trained_tokens: Count, cut: z.boolean() }),
  ),
  total_tokens: Count,
  trained_tokens: Count,
  lost_tokens: Count,
  lost_trained_tokens: Count,
  dropped_turns: Count,
  template: z.strictObject({ source: z.enum(['own', 'plain']), note: z.string() }),
  max_length: z.int(),
});
export type RecordView = z.infer<typeof RecordView>;
