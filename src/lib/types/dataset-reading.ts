import { z } from 'zod';
import { MessageRole } from './dataset-records';

/** What a column can be to a record, as `--map role=column` names it. */
export const ColumnRole = z.enum([
  'system',
  'user',
  'input',
  'assistant',
  'prompt',
  'completion',
  'chosen',
  'rejected',
  'label',
  'text',
  'conversation',
  'order',
  'role',
  'content',
]);
export type ColumnRole = z.infer<typeof ColumnRole>;

/** Which column plays which role. */
export const ColumnMapping = z.partialRecord(ColumnRole, z.string());
export type ColumnMapping = Readonly<z.infer<typeof ColumnMapping>>;

/** How the cells of a text are told apart. What is left out is found out from the text. */
export const TableOptions = z.strictObject({
  header: z.boolean().optional(),
  delimiter: z.string().length(1).optional(),
  /** Null for none. */
  quote: z.string().length(1).nullable().optional(),
});
export type TableOptions = Readonly<z.infer<typeof TableOptions>>;

/** Who speaks under a name that a file gives its roles; compared trimmed and in lower case. */
export const RoleNames = z.record(z.string().min(1).max(100), MessageRole);
export type RoleNames = Readonly<z.infer<typeof RoleNames>>;

/** How a file is told to be read; what is left out is found out from the file. */
export const Reading = z.strictObject({
  encoding: z.string().max(40).optional(),
  /** Takes the elements of a faulty document that parse on their own. */
  salvage: z.boolean().optional(),
  /** Removes the marks that older tools put at the ends of prompts and completions. */
  strip_separators: z.boolean().optional(),
  mapping: ColumnMapping.optional(),
  table: TableOptions.optional(),
  role_names: RoleNames.optional(),
  /** For records that have none of their own. */
  system_prompt: z.string().max(20_000).optional(),
});
export type Reading = z.infer<typeof Reading>;
