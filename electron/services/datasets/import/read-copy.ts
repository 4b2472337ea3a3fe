import { join } from 'node:path';
import type { DatasetReport } from '../../../../src/lib/types/dataset-records';
import { SOURCE_FILE } from '../dataset-files';
import { namedEncoding } from '../readers/encoding';
import { MAX_FILE_BYTES } from '../readers/limits';
import { openSource } from '../readers/open-source';
import type { SourceText } from '../readers/open-source';
import type { CanonicalFile } from './canonical-writer';
import { chooseContainer } from './choose-container';
import type { Choice } from './choose-container';
import type { ImportRequest } from './import-request';
import { discardRecords, runPass } from './pass';
import type { Pass, PassFindings, PassOptions, PassPlan } from './pass';
import { tableNames } from './mapping-report';
import { ProblemLog } from './problem-log';
import { passReport, refusedReport } from './report';
import type { CopiedSource } from './source-file';
import { SourceFault } from './source-fault';
import { DEFAULT_SEED, DEFAULT_SHARE } from './split-defaults';
import { settledPass } from './settle-pass';
import { StatisticsTally } from './statistics';
import type { ImportStatistics } from './statistics';
import { faultOfPass } from './whole-file';
import type { WholeFileFault } from './whole-file';

export interface Findings {
  readonly report: DatasetReport;
  readonly statistics: ImportStatistics;
  /** The canonical file; null when no record can be used. */
  readonly file: CanonicalFile | null;
  /** Records to be left out that could not be used anyway, or are not in the file. */
  readonly absent: readonly string[];
  /** How many records each of the fixes that were tried would change. */
  readonly changes: readonly number[];
  /** Of the names of its columns or fields. */
  readonly signature: string | null;
}

export interface CopyReading {
  readonly request: ImportRequest;
  readonly copied: CopiedSource;
  readonly stagingDir: string;
  readonly fileName: string;
  readonly signal: AbortSignal;
  readonly onProgress: (found: {
    readonly bytesDone: number;
    readonly records: number;
    readonly problems: number;
  }) => void;
}

/** Finds out what a copied file is and writes its canonical form beside it. */
export async function readCopy(reading: CopyReading): Promise<Findings> {
  const { request, signal, fileName } = reading;
  const path = join(reading.stagingDir, SOURCE_FILE);
  const progress = { bytesDone: 0 };
  const onBytes = (bytes: number) => {
    progress.bytesDone = Math.max(bytes, progress.bytesDone);
  };
  const maxBytes = request.maxBytes ?? MAX_FILE_BYTES;
  const onUnpacked = (bytes: number) => {
    if (bytes > maxBytes) throw SourceFault.unpacksTooLarge(maxBytes);
  };
  requireKnownEncoding(request);
  const source = await openSource(path, { signal, onBytes, onUnpacked, encoding: request.encoding });
  const choice = { request, source, path, fileName, maxBytes };
  const container = await chooseContainer(choice);
  if ('problems' in container) return refuse(reading, container, 0);
  const options: PassOptions = {
    reading: wishesOf(request),
    dir: reading.stagingDir,
    seed: request.seed ?? DEFAULT_SEED,
    source: { source, signal, onBytes, onUnpacked },
    keepsRefused: request.revision?.isPreview === true && (request.fixes ?? []).length > 0,
    onCounts: (counts) => {
      reading.onProgress({ ...counts, bytesDone: progress.bytesDone });
    },
  };
  const run = (plan: PassPlan) => runPass(plan, options);
  const plan = { ...preparationOf(request), container };
  const pass = await settledPass(plan, { fileName, source: options.source, run });
  return conclude(pass, reading, { source, signature: await plainSignature(pass, choice) });
}

export function wishesOf({
  stripSeparators,
  exclude,
  fixes,
  revision,
}: ImportRequest): PassOptions['reading'] {
  return { stripSeparators, exclude, fixes, tries: revision?.tries };
}

/** How the names in its records are to be understood. */
export function preparationOf({ mapping, roleNames, systemPrompt }: ImportRequest) {
  return { mapping: mapping ?? null, roleNames, systemPrompt };
}

export function requireKnownEncoding({ encoding }: ImportRequest): void {
  if (encoding === undefined || namedEncoding(encoding, Buffer.alloc(0)) !== null) return;
  throw new SourceFault('encoding_error', {
    error: `The encoding “${encoding}” is not known.`,
    suggestion: 'Use one such as utf-8, utf-16le, gb18030, shift_jis, windows-1252.',
  });
}

async function conclude(
  pass: Pass,
  reading: CopyReading,
  { source, signature }: Pick<Findings, 'signature'> & { readonly source: SourceText },
): Promise<Findings> {
  const { salvage = false, revision } = reading.request;
  const isColumnMissed = revision === undefined || revision.isNewFile;
  const fault = faultOfPass(pass, { salvage, isColumnMissed });
  if (fault !== null) return { ...(await refuse(reading, fault, pass.reader.tally.records)), signature };
  const notes = notesOf(source, reading.copied.linkTarget);
  const isUsable = pass.reader.tally.usable > 0;
  if (!isUsable) await discardRecords(reading.stagingDir);
  return {
    report: passReport(pass, notes),
    statistics: pass.statistics.summarise(reading.request.share ?? DEFAULT_SHARE),
    file: isUsable ? pass.file : null,
    absent: [...pass.reader.unmet],
    changes: pass.reader.trials.changes,
    signature,
  };
}

/** What was done to read it at all, in sentences. */
export function notesOf({ encoding, archive }: SourceText, linkTarget: string | null): string[] {
  return [
    ...(archive === null ? [] : [`It was unpacked from ${archive}.`]),
    ...(encoding.name === 'utf-8' ? [] : [`Its text was converted from ${encoding.name} to UTF-8.`]),
    ...(linkTarget === null ? [] : [`It is a link to ${linkTarget}.`]),
  ];
}

/**
 * The signature that the file has for who knows nothing of it: a layout that was told gives its columns
 * other names, or none at all. Null for a table that looks like none.
 */
async function plainSignature(pass: PassFindings, choice: Choice): Promise<string | null> {
  const { request } = choice;
  if (request.table === undefined) return signatureOf(pass);
  const plain = await chooseContainer({ ...choice, request: { ...request, table: undefined } });
  const columns = 'problems' in plain ? null : tableNames(plain);
  return columns === null ? null : pass.reader.tally.names.signature(columns);
}

export function signatureOf({ reader, container }: PassFindings): string | null {
  return reader.tally.names.signature(tableNames(container));
}

async function refuse(reading: CopyReading, fault: WholeFileFault, records: number): Promise<Findings> {
  await discardRecords(reading.stagingDir);
  const log = await ProblemLog.create(reading.stagingDir);
  for (const problem of fault.problems) log.add(problem);
  await log.finish();
  const statistics = new StatisticsTally(DEFAULT_SEED).summarise(DEFAULT_SHARE);
  const report = refusedReport(fault, records);
  return { report, statistics, file: null, absent: [], changes: [], signature: null };
}
