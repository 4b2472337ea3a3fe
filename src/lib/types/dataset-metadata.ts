import { z } from 'zod';

/** One member of a document, as it is written there. */
export const SourceMember = z.strictObject({ name: z.string(), text: z.string(), is_cut: z.boolean() });
export type SourceMember = z.infer<typeof SourceMember>;

/** How an original is written, and what it says of itself beside its records. */
export const SourceMetadata = z.strictObject({
  archive: z.string().nullable(),
  encoding: z.string(),
  members: z.array(SourceMember),
});
export type SourceMetadata = z.infer<typeof SourceMetadata>;
