import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AS_READ_FILE, RECORDS_FILE, RECORDS_INDEX_FILE } from '../dataset-files';
import type { StructureFault } from '../readers/document-parts';
import type { RecordShape } from '../shapes/detect-shape';
import type { BrokenPlace } from '../readers/open-source';
import { CanonicalWriter } from './canonical-writer';
import type { CanonicalFile } from './canonical-writer';
import type { Preparation } from './prepare-record';
import { ProblemLog } from './problem-log';
import { noNotes, readRecords } from './read-source';
import type { ReadableSource } from './read-source';
import { RecordReader } from './record-reader';
import type { ReadingPlan } from './record-reader';
import { StatisticsTally } from './statistics';
import { TextFile } from './text-file';

export interface PassPlan extends Preparation {
  readonly shape: RecordShape | null;
}

export interface PassOptions {
  readonly dir: string;
  readonly seed: number;
  readonly reading: Pick<ReadingPlan, 'stripSeparators' | 'exclude' | 'fixes' | 'tries'>;
  readonly source: ReadableSource;
  /** Whether what its fixes save is written down as it was read. */
  readonly keepsRefused?: boolean;
  readonly onCounts: (counts: { readonly records: number; readonly problems: number }) => void;
}

/** What one reading under one plan brought. */
export interface PassFindings extends PassPlan {
  readonly reader: RecordReader;
  readonly statistics: StatisticsTally;
  readonly log: Pick<ProblemLog, 'total' | 'first' | 'kinds'>;
  readonly duplicates: number;
  readonly structureFaults: readonly StructureFault[];
  /** Places beyond which nothing could be read. */
  readonly breaks: readonly BrokenPlace[];
  readonly remarks: readonly string[];
}

/** One reading of a whole file, and what was written of it. */
export interface Pass extends PassFindings {
  readonly file: CanonicalFile;
}

/** Reads a file once; a plan that proves wrong is simply run again, over the same output files. */
export async function runPass(plan: PassPlan, options: PassOptions): Promise<Pass> {
  const writer = await CanonicalWriter.create(options.dir);
  const log = await ProblemLog.create(options.dir);
  const statistics = new StatisticsTally(options.seed);
  const asRead = options.keepsRefused ? await TextFile.create(join(options.dir, AS_READ_FILE)) : null;
  const lists = asRead === null ? [log] : [log, asRead];
  const reader = new RecordReader({ ...plan, ...options.reading }, { writer, log, statistics, asRead });
  const readingNotes = noNotes();
  try {
    for await (const batch of readRecords(options.source, plan.container, readingNotes)) {
      for (const raw of batch) reader.take(raw);
      await Promise.all([writer, ...lists].map((file) => file.drain()));
      options.onCounts({ records: reader.tally.records, problems: log.total });
    }
  } catch (error) {
    await Promise.all([writer, ...lists].map((file) => file.abandon()));
    throw error;
  }
  for (const problem of reader.notes.problems()) log.add(problem);
  for (const fault of readingNotes.faults) log.add(salvagedProblem(fault));
  for (const place of readingNotes.breaks) log.add(breakProblem(place));
  const file = await writer.finish();
  for (const list of lists) await list.finish();
  const { faults: structureFaults, breaks, remarks } = readingNotes;
  const { duplicates } = writer;
  return { ...plan, reader, statistics, log, duplicates, file, structureFaults, breaks, remarks };
}

/** Canonical files of which nothing may be used. */
export async function discardRecords(dir: string): Promise<void> {
  await Promise.all([RECORDS_FILE, RECORDS_INDEX_FILE].map((name) => rm(join(dir, name), { force: true })));
}

export function breakProblem({ line, reason, suggestion }: BrokenPlace) {
  return {
    line,
    path: null,
    record_id: null,
    type: 'unreadable',
    severity: 'error',
    error: `The file could not be read beyond this place: ${reason}. What stands before it was kept.`,
    suggestion: suggestion ?? 'Write or download the file again, and import it again.',
  } as const;
}

/** Of a document that is read all the same: what could be read of it is taken already. */
export function salvagedProblem(fault: StructureFault) {
  return {
    ...structureProblem(fault),
    suggestion: 'What could be read was taken. Correct this place and import the file again for the rest.',
  };
}

export function structureProblem({ line, column, error }: StructureFault) {
  return {
    line,
    path: null,
    record_id: null,
    type: 'malformed_json',
    severity: 'error',
    error: `${error} (line ${String(line)}, column ${String(column)})`,
    suggestion: 'Correct this place, or import again with --salvage to take what can be read.',
  } as const;
}
