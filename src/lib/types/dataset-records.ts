import { z } from 'zod';
import { Count } from './primitives';
import { Stratify } from './training-settings';

export const MessageRole = z.enum(['system', 'user', 'assistant', 'tool']);
export type MessageRole = z.infer<typeof MessageRole>;

export const ToolCall = z.strictObject({
  id: z.string().optional(),
  type: z.literal('function'),
  function: z.strictObject({ name: z.string(), arguments: z.unknown() }),
});
export type ToolCall = z.infer<typeof ToolCall>;

/**
 * One turn; `trained` says whether the loss covers it. `reasoning_content` is kept, and not trained
 * unless asked. `name` and `tool_call_id` belong to tools' turns; templates may use them.
 */
export const CanonicalMessage = z.strictObject({
  role: MessageRole,
  content: z.string(),
  reasoning_content: z.string().optional(),
  tool_calls: z.array(ToolCall).optional(),
  tool_call_id: z.string().optional(),
  name: z.string().optional(),
  trained: z.boolean(),
});
export type CanonicalMessage = z.infer<typeof CanonicalMessage>;

/** Where a record of form A or B stands in its dataset's design; splits and evaluations group by it. */
export const Scaffolding = z.strictObject({
  persona: z.string().optional(),
  arc: z.string().optional(),
  topic: z.string().optional(),
});
export type Scaffolding = z.infer<typeof Scaffolding>;

const Messages = z.array(CanonicalMessage);
const Tools = z.array(z.unknown()).optional();

/** A conversation; `trained` of each message says what the loss covers. */
const ChatContent = z.strictObject({ messages: Messages.min(1), tools: Tools });
/** A wanted and an unwanted end of one beginning; their assistant turns are compared. */
const PreferenceContent = z.strictObject({
  prompt: Messages.min(1),
  chosen: Messages.min(1),
  rejected: Messages.min(1),
  tools: Tools,
});
/** One answer and whether it is wanted. */
const KtoContent = z.strictObject({
  prompt: Messages.min(1),
  completion: Messages.min(1),
  label: z.boolean(),
  tools: Tools,
});
/** Plain text, of which every token is trained. */
const TextContent = z.strictObject({ text: z.string().min(1) });

export type ChatContent = z.infer<typeof ChatContent>;
/** What a record trains, by the kind of its dataset: sft, preference, kto or text. */
export type RecordContent =
  ChatContent | z.infer<typeof PreferenceContent> | z.infer<typeof KtoContent> | z.infer<typeof TextContent>;

export const QualityScore = z.number().min(1).max(5);

/** Where a record comes from. `id` is unique in its file. */
export const RecordOrigin = z.strictObject({
  id: z.string().min(1),
  source_line: z.int().min(1),
  conversation_id: z.string().optional(),
  scaffolding: Scaffolding.optional(),
  /** What the file itself says of a pair of form A or B. */
  quality_score: QualityScore.optional(),
});
export type RecordOrigin = z.infer<typeof RecordOrigin>;

/** One line of the canonical `dataset.jsonl`; all lines of a file are of one kind. */
export const CanonicalRecord = z.union([
  z.strictObject({ ...RecordOrigin.shape, ...ChatContent.shape }),
  z.strictObject({ ...RecordOrigin.shape, ...PreferenceContent.shape }),
  z.strictObject({ ...RecordOrigin.shape, ...KtoContent.shape }),
  z.strictObject({ ...RecordOrigin.shape, ...TextContent.shape }),
]);
export type CanonicalRecord = z.infer<typeof CanonicalRecord>;

/** `split.json` of a run folder: which record ids train and which are held out. */
export const SplitFile = z.strictObject({
  seed: z.int(),
  share: z.number(),
  /** Files of earlier versions lack it. */
  stratify: Stratify.default('auto'),
  train: z.array(z.string()),
  held_out: z.array(z.string()),
});
export type SplitFile = z.infer<typeof SplitFile>;

export const ProblemSeverity = z.enum(['error', 'warning', 'info']);
export type ProblemSeverity = z.infer<typeof ProblemSeverity>;

/** Every fault a reader can name, in the order in which one decides for its record. */
export const PROBLEM_TYPES = [
  'missing_field',
  'invalid_type',
  'malformed_json',
  'encoding_error',
  'empty_value',
  'duplicate_id',
  'role_order',
  'token_overflow',
  'line_too_long',
  'too_deep',
  'file_too_large',
  'unreadable',
  'unsupported_content',
  'unknown_shape',
  'lfs_pointer',
  'nothing_to_train',
  'salvageable',
  'older_version',
] as const;
export const ProblemType = z.enum(PROBLEM_TYPES);
export type ProblemType = z.infer<typeof ProblemType>;

/** One fault of a dataset. `line` is 1-based in the original file; `path` is a JSON pointer. */
export const DatasetProblem = z.strictObject({
  line: Count,
  path: z.string().nullable(),
  record_id: z.string().nullable(),
  type: ProblemType,
  severity: ProblemSeverity,
  error: z.string(),
  suggestion: z.string().nullable(),
});
export type DatasetProblem = z.infer<typeof DatasetProblem>;

/** Why nothing can be used: what is only doubtful is no reason. */
export const gravest = (problems: readonly DatasetProblem[]): DatasetProblem | undefined =>
  problems.find(({ severity }) => severity === 'error') ?? problems[0];

/** More errors than this many are only counted, and more of all others: nobody reads them, and the database must hold them. */
export const MAX_KEPT_PROBLEMS = 100_000;

/** Which problems are meant; `query` stands in their words, their place or the id of their record. */
export const ProblemFilter = z.strictObject({
  type: ProblemType.nullable(),
  severity: ProblemSeverity.nullable(),
  query: z.string().max(200),
  /** Only of this record; a line of the original may hold several, or all of them. */
  record_id: z.string().optional(),
});
export type ProblemFilter = z.infer<typeof ProblemFilter>;

/** Which records: those in use, or those that were left out by hand. */
export const RecordSide = z.enum(['used', 'excluded']);
export type RecordSide = z.infer<typeof RecordSide>;

export const ANY_PROBLEM: ProblemFilter = { type: null, severity: null, query: '' };

export const DatasetShape = z.enum(['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J']);
export type DatasetShape = z.infer<typeof DatasetShape>;

/** E01's `datasets.format`, widened; each is a row of the lookup table `dataset_formats`. */
export const DATASET_FORMATS = [
  'brightrun_lora_v4',
  'brightrun_lora_v3',
  'turns',
  'chat',
  'sharegpt',
  'alpaca',
  'prompt_completion',
  'preference',
  'kto',
  'text',
  'table',
] as const;
export const DatasetFormat = z.enum(DATASET_FORMATS);
export type DatasetFormat = z.infer<typeof DatasetFormat>;

export const DatasetKind = z.enum(['sft', 'preference', 'kto', 'text']);
export type DatasetKind = z.infer<typeof DatasetKind>;

/** Columns that a user may give other roles, what they are taken for, and the first rows. */
export const ReportedMapping = z.strictObject({
  columns: z.array(z.string()),
  roles: z.record(z.string(), z.string()),
  rows: z.array(z.record(z.string(), z.string())).max(3),
  table: z
    .strictObject({ header: z.boolean(), delimiter: z.string(), quote: z.string().nullable() })
    .optional(),
});
export type ReportedMapping = z.infer<typeof ReportedMapping>;

/** How many problems there are of one type and severity. */
export const ProblemCount = z.strictObject({ type: ProblemType, severity: ProblemSeverity, count: Count });
export type ProblemCount = z.infer<typeof ProblemCount>;

/** What an import found. */
export const DatasetReport = z.strictObject({
  shape: DatasetShape.nullable(),
  format: DatasetFormat.nullable(),
  kind: DatasetKind,
  reason: z.string(),
  records_total: Count,
  usable_records: Count,
  rejected_records: Count,
  skipped_null_target: Count,
  /** Left out by hand; absent where none were. */
  excluded_records: Count.optional(),
  conversations: Count,
  duplicates_exact: Count,
  /** Of the usable records that have a score; absent where none has, and in reports of earlier versions. */
  quality_mean: QualityScore.optional(),
  problems_total: Count,
  problems: z.array(DatasetProblem).max(100),
  /** Of all problems, also those that `problems` has no room for; absent in reports of earlier versions. */
  problem_counts: z.array(ProblemCount).optional(),
  /** How many records have a warning; absent where none has, and in reports of earlier versions. */
  warned_records: Count.optional(),
  /** Where a file could not be read on, and why; what stood before it is what was read. */
  read_until: z.strictObject({ line: Count, reason: z.string() }).optional(),
  /** For tables and for flat objects; absent where the shape leaves nothing to choose. */
  mapping: ReportedMapping.optional(),
});
export type DatasetReport = z.infer<typeof DatasetReport>;
