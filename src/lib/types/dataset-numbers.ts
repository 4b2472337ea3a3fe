import { z } from 'zod';
import { DatasetProblem, ProblemType } from './dataset-records';
import { Count } from './primitives';

const Share = z.number().min(0).max(1);

/** One sentence for each number: how it was come by. */
const Methods = z.record(z.string(), z.string());

/** `counts[i]` lie between `edges[i]` and `edges[i + 1]`; both are empty where there is nothing to count. */
export const Histogram = z.strictObject({ edges: z.array(z.number()), counts: z.array(Count) });
export type Histogram = z.infer<typeof Histogram>;

const Spread = z.strictObject({
  min: z.number(),
  median: z.number(),
  p95: z.number(),
  max: z.number(),
  histogram: Histogram,
});

/** A record as lists name it; `index` counts from 0 in the canonical file, `line` from 1 in the imported one. */
export const RecordRow = z.strictObject({ index: Count, record_id: z.string(), line: z.int() });
export type RecordRow = z.infer<typeof RecordRow>;

/** Records by their ids and their places from 0; `truncated` where there are more than one call may name. */
export const FoundRecords = z.strictObject({
  ids: z.array(z.string()),
  indexes: z.array(Count),
  truncated: z.boolean(),
  /** Of records with a problem: the gravest of each, of those that were asked for. */
  problems: z.array(ProblemType).optional(),
  /** Of records that are too long: how many tokens a run does not see of each. */
  lost_tokens: z.array(Count).optional(),
  /** Of the same: whether a run refuses it instead of cutting it. */
  refused: z.array(z.boolean()).optional(),
  /** Of the same: whether it is longer, or else refused for another reason. */
  over: z.array(z.boolean()).optional(),
});
export type FoundRecords = z.infer<typeof FoundRecords>;

/** All of them may stand on one page of records; more are left to the list of problems. */
export const MAX_REJECTED_LINES = 1000;

/** Lines of the original of which nothing is used; `place` is how many records of the version begin before it. */
export const RejectedLines = z.strictObject({
  lines: z.array(z.strictObject({ ...DatasetProblem.shape, place: Count })),
  truncated: z.boolean(),
});
export type RejectedLines = z.infer<typeof RejectedLines>;

/** Tokens of a whole dataset, by the template, tokenizer and mask that training uses. */
export const DatasetStats = z.strictObject({
  records: Count,
  total_tokens: Count,
  trained_tokens: Count,
  kept_tokens: Count,
  over_limit: Count,
  /** Those over the limit that a run cuts; it refuses the others, of which nothing counts as lost. */
  cut_records: Count,
  lost_trained_tokens: Count,
  turns: Count,
  turn_tokens: Count,
  avg_tokens_per_turn: z.number().nullable(),
  ...Spread.shape,
  /** Tokens of each record in its order, before cutting; null where there are more than a window lists. */
  lengths: z.array(Count).nullable(),
  problems_total: Count,
  problems: z.array(
    z.strictObject({
      ...DatasetProblem.shape,
      index: Count,
      type: z.string(),
      /** Of a record that is too long, what would be enough. */
      needed_tokens: Count.nullable().optional(),
    }),
  ),
  too_long_rows: z.array(
    z.strictObject({
      ...RecordRow.shape,
      tokens: Count,
      dropped_turns: Count,
      lost_tokens: Count,
      lost_trained_tokens: Count,
      refused: z.boolean(),
      /** Of a comparison the chosen and the rejected side, of a judged answer that one; nothing of others. */
      sides: z.array(z.strictObject({ tokens: Count, lost_tokens: Count })),
    }),
  ),
  max_length: z.int(),
  template: z.strictObject({ source: z.enum(['own', 'plain']), note: z.string() }),
  methods: Methods,
});
export type DatasetStats = z.infer<typeof DatasetStats>;

const DuplicateMember = z.strictObject({ ...RecordRow.shape, similarity: Share });
/** Records around their first one, to which each was compared; `size` counts also those that are not listed. */
const DuplicateGroup = z.strictObject({ size: Count, members: z.array(DuplicateMember) });
export type DuplicateGroup = z.infer<typeof DuplicateGroup>;

/** A held-out record and the trained one that it is like. */
const LeakRow = z.strictObject({
  part: z.enum(['first_user_message', 'answer']),
  similarity: Share,
  held_out: RecordRow,
  train: RecordRow,
});
export type LeakRow = z.infer<typeof LeakRow>;

const ScaffoldingCell = z.strictObject({
  persona: z.string().nullable(),
  arc: z.string().nullable(),
  topic: z.string().nullable(),
  records: Count,
});
export type ScaffoldingCell = z.infer<typeof ScaffoldingCell>;

/** What a dataset is, without a base model. */
export const DatasetSurvey = z.strictObject({
  records: Count,
  conversations: Count,
  roles: z.record(z.string(), Count),
  turns: z.strictObject({ ...Spread.shape, mean: z.number() }),
  characters: Spread,
  languages: z.strictObject({
    spoken: z.array(z.strictObject({ language: z.string(), records: Count })),
    too_short: Count,
    uncertain: Count,
  }),
  odd_characters: z.strictObject({
    right_to_left: Count,
    bidirectional_control: Count,
    control: Count,
    replacement: Count,
  }),
  template_tokens: z.strictObject({
    records: Count,
    found: z.array(z.strictObject({ token: z.string(), records: Count })),
    rows: z.array(z.strictObject({ ...RecordRow.shape, token: z.string() })),
  }),
  /** `unchecked`: records of crowds too large to compare each with each. */
  duplicates: z.strictObject({
    exact: Count,
    near: Count,
    groups_total: Count,
    unchecked: Count,
    groups: z.array(DuplicateGroup),
  }),
  leakage: z.strictObject({
    seed: z.int(),
    share: Share,
    train: Count,
    held_out: Count,
    records: Count,
    unchecked: Count,
    rows: z.array(LeakRow),
  }),
  scaffolding: z
    .strictObject({ cells_total: Count, records: Count, cells: z.array(ScaffoldingCell) })
    .nullable(),
  quality: z
    .strictObject({
      scored: Count,
      unscored: Count,
      mean: z.number(),
      min: z.number(),
      max: z.number(),
      low: Count,
      low_share: Share,
    })
    .nullable(),
  methods: Methods,
});
export type DatasetSurvey = z.infer<typeof DatasetSurvey>;
