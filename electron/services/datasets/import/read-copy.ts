import { join } from 'node:path';
import type { DatasetReport } from '../../../../src/lib/types/dataset-records';
import { SOURCE_FILE } from '../dataset-files';
import { encodingOf, namedEncoding, toUtf8 } from '../readers/encoding';
import type { SourceEncoding } from '../readers/encoding';
import { fileChunks, readHead } from '../readers/file-chunks';
import type { CanonicalFile } from './canonical-writer';
import type { ImportRequest } from './import-request';
import { discardRecords, runPass } from './pass';
import type { Pass, PassOptions, PassPlan } from './pass';
import type { Container } from '../readers/raw-record';
import { firstRecords, isMostlyObjects, planContainer } from './plan-container';
import type { OpenText } from './plan-container';
import { ProblemLog } from './problem-log';
import { guessShape } from './read-source';
import { recogniseBytes, recogniseText, textContainer } from './recognise-file';
import { passReport, refusedReport } from './report';
import type { CopiedSource } from './source-file';
import { SourceFault } from './source-fault';
import { DEFAULT_SEED, DEFAULT_SHARE } from './split-defaults';
import { StatisticsTally } from './statistics';
import type { ImportStatistics } from './statistics';
import { faultOfOtherFile, faultOfPass, isFaulty, noJson } from './whole-file';
import type { WholeFileFault } from './whole-file';

export interface Findings {
  readonly report: DatasetReport;
  readonly statistics: ImportStatistics;
  /** The canonical file; null when no record can be used. */
  readonly file: CanonicalFile | null;
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

const HEAD_BYTES = 4096;

/** Finds out what a copied file is and writes its canonical form beside it. */
export async function readCopy(reading: CopyReading): Promise<Findings> {
  const path = join(reading.stagingDir, SOURCE_FILE);
  const head = await readHead(path, HEAD_BYTES);
  const other = recogniseBytes(head);
  if (other !== null) return refuse(reading, faultOfOtherFile(other), 0);
  const encoding = chooseEncoding(reading.request, head);
  const progress = { bytesDone: 0 };
  const openText: OpenText = () =>
    toUtf8(
      fileChunks(path, {
        signal: reading.signal,
        onBytes: (bytes) => {
          progress.bytesDone = Math.max(bytes, progress.bytesDone);
        },
      }),
      encoding,
    );
  const container = await chooseContainer(openText, reading.fileName);
  if ('problems' in container) return refuse(reading, container, 0);
  const pass = await settledPass(
    { container, shape: await guessShape(openText, container) },
    {
      fileName: reading.fileName,
      stripSeparators: reading.request.stripSeparators,
      dir: reading.stagingDir,
      seed: reading.request.seed ?? DEFAULT_SEED,
      openText,
      onCounts: (counts) => {
        reading.onProgress({ ...counts, bytesDone: progress.bytesDone });
      },
    },
  );
  return conclude(pass, reading, encoding);
}

function chooseEncoding({ encoding }: ImportRequest, head: Buffer): SourceEncoding {
  if (encoding === undefined) return encodingOf(head);
  const named = namedEncoding(encoding, head);
  if (named !== null) return named;
  throw new SourceFault('encoding_error', {
    error: `The encoding “${encoding}” is not known.`,
    suggestion: 'Use one such as utf-8, utf-16le, gb18030, shift_jis, windows-1252.',
  });
}

async function chooseContainer(openText: OpenText, fileName: string): Promise<Container | WholeFileFault> {
  const container = await planContainer(openText);
  if (container !== null) return container;
  const other = await recogniseText(openText);
  if (other !== null) return faultOfOtherFile(other);
  return (await isBlankText(openText)) ? noJson() : (textContainer(fileName) ?? noJson());
}

async function isBlankText(openText: OpenText): Promise<boolean> {
  return (await firstRecords(openText, 1)).length === 0;
}

interface SettlingOptions extends PassOptions {
  readonly fileName: string;
}

/**
 * One pass mostly. A document that proves faulty is read as lines when half of them are objects, or
 * as the plain text that its name says, and a shape that proves not to be the most frequent gives
 * way to that one.
 */
async function settledPass(plan: PassPlan, options: SettlingOptions): Promise<Pass> {
  const pass = await runPass(plan, options);
  const other = await otherContainer(pass, options);
  if (other !== null)
    return settledPass({ container: other, shape: await guessShape(options.openText, other) }, options);
  const shape = pass.reader.tally.mostFrequentShape;
  return shape === null || shape === pass.shape
    ? pass
    : runPass({ container: pass.container, shape }, options);
}

async function otherContainer(
  pass: Pass,
  { openText, fileName }: SettlingOptions,
): Promise<Container | null> {
  const { kind } = pass.container;
  if (kind === 'lines' || kind === 'text' || !isFaulty(pass)) return null;
  if (await isMostlyObjects(openText)) return { kind: 'lines' };
  return pass.reader.tally.mostFrequentShape === null ? textContainer(fileName) : null;
}

async function conclude(pass: Pass, reading: CopyReading, encoding: SourceEncoding): Promise<Findings> {
  const fault = faultOfPass(pass, reading.request.salvage === true);
  if (fault !== null) return refuse(reading, fault, pass.reader.tally.records);
  const notes = [
    ...(encoding.name === 'utf-8' ? [] : [`Its text was converted from ${encoding.name} to UTF-8.`]),
    ...(reading.copied.linkTarget === null ? [] : [`It is a link to ${reading.copied.linkTarget}.`]),
  ];
  const isUsable = pass.reader.tally.usable > 0;
  if (!isUsable) await discardRecords(reading.stagingDir);
  return {
    report: passReport(pass, notes),
    statistics: pass.statistics.summarise(reading.request.share ?? DEFAULT_SHARE),
    file: isUsable ? pass.file : null,
  };
}

async function refuse(reading: CopyReading, fault: WholeFileFault, records: number): Promise<Findings> {
  await discardRecords(reading.stagingDir);
  const log = await ProblemLog.create(reading.stagingDir);
  for (const problem of fault.problems) log.add(problem);
  await log.finish();
  const statistics = new StatisticsTally(DEFAULT_SEED).summarise(DEFAULT_SHARE);
  return { report: refusedReport(fault, records), statistics, file: null };
}
