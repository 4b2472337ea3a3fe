import { join } from 'node:path';
import type { DatasetReport } from '../../../../src/lib/types/dataset-records';
import { SOURCE_FILE } from '../dataset-files';
import { namedEncoding } from '../readers/encoding';
import { MAX_FILE_BYTES } from '../readers/limits';
import { openSource } from '../readers/open-source';
import type { SourceText } from '../readers/open-source';
import type { Container } from '../readers/raw-record';
import type { CanonicalFile } from './canonical-writer';
import { chooseContainer } from './choose-container';
import type { ImportRequest } from './import-request';
import { discardRecords, runPass } from './pass';
import type { Pass, PassOptions, PassPlan } from './pass';
import { isMostlyObjects } from './plan-container';
import { ProblemLog } from './problem-log';
import { guessShape } from './read-source';
import { textContainer } from './recognise-file';
import { passReport, refusedReport } from './report';
import type { CopiedSource } from './source-file';
import { SourceFault } from './source-fault';
import { DEFAULT_SEED, DEFAULT_SHARE } from './split-defaults';
import { StatisticsTally } from './statistics';
import type { ImportStatistics } from './statistics';
import { faultOfPass, isDocument, isFaulty } from './whole-file';
import type { WholeFileFault } from './whole-file';

export interface Findings {
  readonly report: DatasetReport;
  readonly statistics: ImportStatistics;
  /** The canonical file; null when no record can be used. */
  readonly file: CanonicalFile | null;
  /** Records to be left out that could not be used anyway, or are not in the file. */
  readonly absent: readonly string[];
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
    if (bytes > maxBytes) throw SourceFault.tooLarge(bytes, maxBytes);
  };
  requireKnownEncoding(request);
  const source = await openSource(path, { signal, onBytes, onUnpacked, encoding: request.encoding });
  const container = await chooseContainer({ request, source, path, fileName, maxBytes });
  if ('problems' in container) return refuse(reading, container, 0);
  const pass = await settledPass(
    { container, mapping: request.mapping ?? null },
    {
      fileName,
      reading: wishesOf(request),
      dir: reading.stagingDir,
      seed: request.seed ?? DEFAULT_SEED,
      source: { source, signal, onBytes },
      onCounts: (counts) => {
        reading.onProgress({ ...counts, bytesDone: progress.bytesDone });
      },
    },
  );
  return conclude(pass, reading, source);
}

function wishesOf({ stripSeparators, exclude, fixes }: ImportRequest): PassOptions['reading'] {
  return { stripSeparators, exclude, fixes };
}

function requireKnownEncoding({ encoding }: ImportRequest): void {
  if (encoding === undefined || namedEncoding(encoding, Buffer.alloc(0)) !== null) return;
  throw new SourceFault('encoding_error', {
    error: `The encoding “${encoding}” is not known.`,
    suggestion: 'Use one such as utf-8, utf-16le, gb18030, shift_jis, windows-1252.',
  });
}

interface SettlingOptions extends PassOptions {
  readonly fileName: string;
}

/**
 * One pass mostly. A document that proves faulty is read as lines when half of them are objects, or
 * as the plain text that its name says, and a shape that proves not to be the most frequent gives
 * way to that one.
 */
async function settledPass(plan: Omit<PassPlan, 'shape'>, options: SettlingOptions): Promise<Pass> {
  const pass = await runPass({ ...plan, shape: await guessShape(options.source, plan) }, options);
  const other = await otherContainer(pass, options);
  if (other !== null) return settledPass({ ...plan, container: other }, options);
  const shape = pass.reader.tally.mostFrequentShape;
  return shape === null || shape === pass.shape ? pass : runPass({ ...plan, shape }, options);
}

async function otherContainer(pass: Pass, { source, fileName }: SettlingOptions): Promise<Container | null> {
  if (!isDocument(pass.container) || !isFaulty(pass)) return null;
  if (await isMostlyObjects(source.source.open)) return { kind: 'lines' };
  return pass.reader.tally.mostFrequentShape === null ? textContainer(fileName) : null;
}

async function conclude(
  pass: Pass,
  reading: CopyReading,
  { encoding, archive }: SourceText,
): Promise<Findings> {
  const fault = faultOfPass(pass, reading.request.salvage === true);
  if (fault !== null) return refuse(reading, fault, pass.reader.tally.records);
  const notes = [
    ...(archive === null ? [] : [`It was unpacked from ${archive}.`]),
    ...(encoding.name === 'utf-8' ? [] : [`Its text was converted from ${encoding.name} to UTF-8.`]),
    ...(reading.copied.linkTarget === null ? [] : [`It is a link to ${reading.copied.linkTarget}.`]),
  ];
  const isUsable = pass.reader.tally.usable > 0;
  if (!isUsable) await discardRecords(reading.stagingDir);
  return {
    report: passReport(pass, notes),
    statistics: pass.statistics.summarise(reading.request.share ?? DEFAULT_SHARE),
    file: isUsable ? pass.file : null,
    absent: [...pass.reader.unmet],
  };
}

async function refuse(reading: CopyReading, fault: WholeFileFault, records: number): Promise<Findings> {
  await discardRecords(reading.stagingDir);
  const log = await ProblemLog.create(reading.stagingDir);
  for (const problem of fault.problems) log.add(problem);
  await log.finish();
  const statistics = new StatisticsTally(DEFAULT_SEED).summarise(DEFAULT_SHARE);
  return { report: refusedReport(fault, records), statistics, file: null, absent: [] };
}
