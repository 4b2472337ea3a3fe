import type { DatasetFormat, DatasetReport } from '../../../../src/lib/types/dataset-records';
import { SHAPE_FORMATS } from '../shapes/converters';
import type { Container } from '../readers/raw-record';
import { SHAPE_NAMES, kindOfShape } from '../shapes/detect-shape';
import type { PassFindings } from './pass';
import { isTable, mappingReport } from './mapping-report';
import { shapeOf } from './whole-file';
import type { WholeFileFault } from './whole-file';

/** A report of a file of which nothing is taken. */
export function refusedReport(fault: WholeFileFault, recordsTotal: number): DatasetReport {
  return {
    shape: fault.shape,
    format: null,
    kind: 'sft',
    reason: fault.reason,
    records_total: recordsTotal,
    usable_records: 0,
    rejected_records: recordsTotal,
    skipped_null_target: 0,
    conversations: 0,
    duplicates_exact: 0,
    problems_total: fault.problems.length,
    problems: [...fault.problems],
    ...(fault.mapping !== undefined && { mapping: fault.mapping }),
  };
}

/** A report of a file that was read record by record. `notes` say what was done to read it at all. */
export function passReport(pass: PassFindings, notes: readonly string[]): DatasetReport {
  const { tally } = pass.reader;
  const { kinds } = pass.log;
  const [broken] = pass.breaks;
  const mapping = mappingReport(pass);
  const { qualityMean } = pass.statistics;
  return {
    shape: shapeOf(pass),
    format: formatOf(pass),
    kind: kindOfShape(pass.shape),
    reason: [recognised(pass), ...pass.remarks, ...notes].join(' '),
    records_total: tally.records,
    usable_records: tally.usable,
    rejected_records: tally.rejected,
    skipped_null_target: tally.nullTargets,
    ...(tally.excluded > 0 && { excluded_records: tally.excluded }),
    conversations: pass.statistics.conversationCount,
    duplicates_exact: pass.duplicates,
    ...(qualityMean !== null && { quality_mean: qualityMean }),
    problems_total: pass.log.total,
    problems: [...pass.log.first],
    problem_counts: kinds.counts(),
    ...(tally.warned > 0 && { warned_records: tally.warned }),
    ...(broken !== undefined && { read_until: { line: broken.line, reason: broken.reason } }),
    ...(mapping !== undefined && { mapping }),
  };
}

function formatOf({ shape, reader, container }: PassFindings): DatasetFormat | null {
  if (isTable(container)) return 'table';
  if (shape === null) return null;
  return reader.notes.isVersion3 && (shape === 'A' || shape === 'B')
    ? 'brightrun_lora_v3'
    : SHAPE_FORMATS[shape];
}

export const CONTAINER_NAMES: Record<Container['kind'], string> = {
  lines: 'a JSON object a line',
  array: 'a JSON list',
  list: 'a JSON object with one list of records',
  bare: 'one JSON object',
  table: 'a table, a record a row',
  parquet: 'a Parquet table, a record a row',
  text: 'a document cut into blocks at its paragraphs',
  conversations: 'one JSON document of conversations',
  pairs: 'one JSON document of a single conversation',
};

function recognised({ shape, container, mapping, reader }: PassFindings): string {
  const name = shape === null ? 'records' : SHAPE_NAMES[shape].name;
  const sentence = `Read as ${name}, ${CONTAINER_NAMES[container.kind]}`;
  if (container.kind === 'text') return `${sentence}.`;
  if (mapping !== null) return `${sentence}: its columns were named by you.`;
  const columns = reader.notes.columns;
  if (columns !== null) return `${sentence}: ${columns}.`;
  return shape === null ? `${sentence}.` : `${sentence}: recognised by ${SHAPE_NAMES[shape].keys}.`;
}
