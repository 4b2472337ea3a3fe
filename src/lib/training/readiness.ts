import { formatCount } from '../messages/format';
import { problemWords } from '../messages/problem-words';
import { gravest } from '../types/dataset-records';
import type { DatasetReport, ProblemFilter, ProblemType } from '../types/dataset-records';
import type { Dataset } from '../types/lora-training';

/** Something that can be done about a finding from where it is shown. */
export type Remedy =
  /** Of the corrected file, or of more than this one. */
  | { readonly to: 'import' }
  /** Of the same file: by other columns, or in another encoding, or what of it can be read. */
  | { readonly to: 'reading'; readonly what: 'mapping' | 'other' }
  | { readonly to: 'duplicates' }
  /** What of the records a base model cannot take. */
  | { readonly to: 'tokens' }
  | { readonly to: 'repeats' }
  | { readonly to: 'problems'; readonly filter: Pick<ProblemFilter, 'severity'> }
  | { readonly to: 'exclude'; readonly filter: Pick<ProblemFilter, 'severity'> }
  | { readonly to: 'fixes' }
  /** Of a dataset that has records already. */
  | { readonly to: 'renew' }
  | { readonly to: 'setting'; readonly setting: 'max_length' | 'num_epochs' };

/** Why a run with a dataset is not possible, or not as good as it could be, and what to do: the first is best. */
export interface Finding {
  readonly kind: 'blocking' | 'advice';
  readonly reason: string;
  readonly remedy: string;
  /** None only where waiting is all that helps. */
  readonly remedies: readonly Remedy[];
}

/** What the cut at a length takes; known once tokens were counted. */
export interface KnownCut {
  readonly max_length: number;
  readonly over_limit: number;
  /** Those of them that a run cuts; it refuses the others. */
  readonly cut_records: number;
  /** Of the longest record. */
  readonly max: number;
  readonly trained_tokens: number;
  readonly lost_trained_tokens: number;
}

export type JudgedDataset = Pick<
  Dataset,
  'status' | 'training_ready' | 'report' | 'total_training_pairs' | 'total_validation_pairs'
>;

/** Fewer than this are easily learned by heart. */
const FEW_RECORDS = 500;
/** Of 1 to 5; a mean below it says that most answers are not what they should be. */
const LOW_QUALITY = 3;

/** All that stands against a run with a dataset: what blocks it first, then advice. */
export const readiness = (dataset: JudgedDataset, cut: KnownCut | null = null): readonly Finding[] => {
  const block = blockOf(dataset);
  return block
    ? [block]
    : [...lossAdvice(dataset), ...amountAdvice(dataset), ...labelAdvice(dataset), ...cutAdvice(dataset, cut)];
};

export const isBlocked = (dataset: JudgedDataset): boolean => blockOf(dataset) !== null;

const blockOf = (dataset: JudgedDataset): Finding | null => {
  const { status, report } = dataset;
  if (status === 'uploading' || status === 'validating')
    return blocking('The file is still being imported.', 'Wait until it is read.', []);
  if (isUsable(dataset)) return null;
  const first = report ? gravest(report.problems) : undefined;
  return blocking(
    noneUsable(report),
    first?.suggestion ?? 'Correct the file and import it again.',
    remediesOfBlock(report),
  );
};

const isUsable = ({ status, training_ready, report }: JudgedDataset): boolean =>
  status === 'ready' && training_ready && report?.usable_records !== 0;

const noneUsable = (report: Dataset['report']): string => {
  if (report === null) return 'No record can be used. The import did not come to its end.';
  const { records_total, problems, reason } = report;
  const what =
    records_total > 1
      ? `None of its ${formatCount(records_total)} records can be used.`
      : 'No record can be used.';
  return `${what} ${gravest(problems)?.error ?? reason}`;
};

const ERRORS: Remedy = { to: 'problems', filter: { severity: 'error' } };
const WARNINGS = { severity: 'warning' } as const;
const AGAIN: Remedy = { to: 'import' };
const RENEW: Remedy = { to: 'renew' };

/** Other columns or another encoding where they would help, another file where this one cannot be read, else its lines. */
const remediesOfBlock = (report: Dataset['report']): readonly Remedy[] => {
  if (report === null || report.problems.length === 0) return [AGAIN];
  const has = (...types: readonly ProblemType[]) => report.problems.some(({ type }) => types.includes(type));
  if (has('unreadable', 'lfs_pointer')) return [AGAIN];
  if (report.mapping !== undefined || has('unknown_shape'))
    return [{ to: 'reading', what: 'mapping' }, ERRORS];
  if (has('encoding_error', 'salvageable')) return [{ to: 'reading', what: 'other' }, ERRORS];
  return [ERRORS, AGAIN];
};

const lossAdvice = ({ report }: JudgedDataset): Finding[] => {
  if (report === null) return [];
  const { rejected_records, records_total, skipped_null_target } = report;
  return [
    ...breakAdvice(report),
    ...(rejected_records > 0
      ? [
          advice(
            `${amount(rejected_records, 'record')} of ${formatCount(records_total)} cannot be used and ${verb(rejected_records, 'is', 'are')} left out.`,
            'Correct these lines and take the file as a new version, or see whether a safe fix saves them.',
            [ERRORS, { to: 'fixes' }],
          ),
        ]
      : []),
    ...(skipped_null_target > 0
      ? [
          advice(
            `${amount(skipped_null_target, 'record')} ${verb(skipped_null_target, 'has', 'have')} no answer to train on and ${verb(skipped_null_target, 'is', 'are')} left out.`,
            'Write the answers into the file and take it as a new version, if they were to be learned.',
            [RENEW],
          ),
        ]
      : []),
    ...warningAdvice(report),
  ];
};

/** Nobody knows how much is missing; what was read is known. */
const breakAdvice = ({ read_until, records_total }: DatasetReport): Finding[] =>
  read_until === undefined
    ? []
    : [
        advice(
          `Only the beginning of the file could be read: ${read_until.reason} (line ${formatCount(read_until.line)}). ${amount(records_total, 'record')} ${verb(records_total, 'stands', 'stand')} before that place; what comes after it is missing.`,
          'Write or download the whole file again, and take it as a new version.',
          [RENEW, ERRORS],
        ),
      ];

interface Warnings {
  readonly records: number;
  readonly types: readonly ProblemType[];
  readonly isAll: boolean;
}

const warningsOf = ({
  problems,
  problems_total,
  problem_counts,
  warned_records,
}: DatasetReport): Warnings => {
  if (problem_counts !== undefined) {
    const counts = problem_counts.filter(({ severity }) => severity === 'warning');
    return { records: warned_records ?? 0, types: counts.map(({ type }) => type), isAll: true };
  }
  // Earlier reports knew the first problems only.
  const warnings = problems.filter(({ severity }) => severity === 'warning');
  const records = new Set(warnings.map(({ line, record_id }) => `${line} ${record_id}`)).size;
  return { records, types: warnings.map(({ type }) => type), isAll: problems.length >= problems_total };
};

const warningAdvice = (report: DatasetReport): Finding[] => {
  const { records, types, isAll } = warningsOf(report);
  if (types.length === 0) return [];
  const kinds = [...new Set(types.map(problemWords))].join(', ');
  const atLeast = isAll ? '' : 'At least ';
  const whose = records === 0 ? 'The file' : `${atLeast}${amount(records, 'record')}`;
  return [
    advice(
      `${whose} ${verb(Math.max(1, records), 'has', 'have')} a warning: ${kinds}.`,
      'Look at the warnings; exclude what should not be learned.',
      [
        { to: 'problems', filter: WARNINGS },
        { to: 'exclude', filter: WARNINGS },
      ],
    ),
  ];
};

const amountAdvice = ({ report, total_validation_pairs }: JudgedDataset): Finding[] => {
  if (report === null) return [];
  const { usable_records, duplicates_exact } = report;
  return [
    ...(duplicates_exact > 0
      ? [
          advice(
            `${amount(duplicates_exact, 'record')} ${verb(duplicates_exact, 'repeats', 'repeat')} another word for word and ${verb(duplicates_exact, 'weighs', 'weigh')} double in training.`,
            'Exclude the repeats.',
            [{ to: 'repeats' }, { to: 'duplicates' }],
          ),
        ]
      : []),
    ...(usable_records < FEW_RECORDS
      ? [
          advice(
            `${amount(usable_records, 'record')} ${verb(usable_records, 'is', 'are')} few: a model easily learns them by heart instead of what they have in common.`,
            `Add records, or train for fewer epochs; ${FEW_RECORDS} or more are advised.`,
            [RENEW, { to: 'setting', setting: 'num_epochs' }],
          ),
        ]
      : []),
    ...(total_validation_pairs === 0
      ? [
          advice(
            'No record is left to be held out, so nothing will tell whether the model got better.',
            'Add records; a tenth of them is held out.',
            [RENEW],
          ),
        ]
      : []),
  ];
};

const labelAdvice = ({ report }: JudgedDataset): Finding[] => {
  const { format, quality_mean = LOW_QUALITY } = report ?? {};
  return [
    ...(format === 'brightrun_lora_v3'
      ? [
          advice(
            'The file calls itself version 3; it is read as version 4 without scaffolding, so its split is not spread over personas, arcs and topics that its records do not name.',
            'Export it as version 4 and take it as a new version, if the scaffolding matters.',
            [RENEW],
          ),
        ]
      : []),
    ...(quality_mean < LOW_QUALITY
      ? [
          advice(
            `The quality scores of its records are ${quality_mean.toFixed(2)} on average, under ${LOW_QUALITY.toFixed(1)}: a model learns weak answers as it learns good ones.`,
            'Exclude the records with low scores, or improve them and take the file as a new version.',
            [RENEW],
          ),
        ]
      : []),
  ];
};

const cutAdvice = ({ report }: JudgedDataset, cut: KnownCut | null): Finding[] => {
  // A text is laid into windows, and loses nothing.
  if (cut === null || report?.kind === 'text') return [];
  const { over_limit, cut_records, max_length, max, lost_trained_tokens, trained_tokens } = cut;
  const refused = over_limit - cut_records;
  const share = trained_tokens > 0 ? (lost_trained_tokens / trained_tokens) * 100 : 0;
  const longest = `the longest record has ${formatCount(max)} tokens`;
  return [
    ...(refused > 0
      ? [
          advice(
            `${amount(refused, 'record')} ${verb(refused, 'does', 'do')} not fit into ${formatCount(max_length)} tokens even in the shortest form; a run of that length stops at ${verb(refused, 'it', 'them')}.`,
            `Raise the max length of the run, or exclude ${verb(refused, 'it', 'them')}; ${longest}.`,
            [{ to: 'setting', setting: 'max_length' }],
          ),
        ]
      : []),
    ...(cut_records > 0
      ? [
          advice(
            `${amount(cut_records, 'record')} ${verb(cut_records, 'is', 'are')} longer than ${formatCount(max_length)} tokens; ${share.toFixed(1)} % of what is to be learned is cut off.`,
            `Raise the max length of the run; ${longest}.`,
            [{ to: 'setting', setting: 'max_length' }],
          ),
        ]
      : []),
  ];
};

const blocking = (reason: string, remedy: string, remedies: readonly Remedy[]): Finding => ({
  kind: 'blocking',
  reason,
  remedy,
  remedies,
});

const advice = (reason: string, remedy: string, remedies: readonly Remedy[]): Finding => ({
  kind: 'advice',
  reason,
  remedy,
  remedies,
});

const amount = (count: number, singular: string): string =>
  `${formatCount(count)} ${count === 1 ? singular : `${singular}s`}`;

const verb = (count: number, singular: string, plural: string): string => (count === 1 ? singular : plural);
