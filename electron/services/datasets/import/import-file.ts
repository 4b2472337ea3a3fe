import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { announceVersion } from '../announced-version';
import { RECIPE_FILE, SOURCE_FILE, stagingName } from '../dataset-files';
import { removeIfEmpty } from '../staging';
import { recipeOf } from '../version-recipe';
import type { ImportProgress, ImportRequest, ImportResult } from './import-request';
import { carryExclusions } from './carry-exclusions';
import { isRefusedType, publishVersion } from './publish-version';
import { readCopy } from './read-copy';
import type { CopyReading, Findings } from './read-copy';
import { refusedReport } from './report';
import { judgeRevision } from './judge-revision';
import { copySource } from './source-file';
import type { CopiedSource } from './source-file';
import { SourceFault } from './source-fault';
import { linkStoredSource } from './stored-source';
import { StatisticsTally } from './statistics';
import { DEFAULT_SEED, DEFAULT_SHARE } from './split-defaults';
import { faultOfSource } from './whole-file';

/**
 * Imports one file into a dataset's folder: copied first, read from the copy, staged, then renamed.
 * Whatever happens, an aborted or failed import leaves nothing behind.
 */
export async function importFile(
  request: ImportRequest,
  onProgress: (progress: ImportProgress) => void = () => undefined,
  signal: AbortSignal = new AbortController().signal,
): Promise<ImportResult> {
  const stagingDir = join(request.datasetDir, stagingName(request.stagingToken));
  try {
    await mkdir(stagingDir, { recursive: true, mode: 0o700 });
    return await importInto(stagingDir, { request, onProgress, signal });
  } catch (error) {
    if (error instanceof SourceFault) return refusedSource(error, request);
    if (isRefusedType(error)) return refusedSource(SourceFault.binary(), request);
    throw error;
  } finally {
    await sweepImport(request);
  }
}

/** Removes what an unfinished import has written, also that of a worker which was ended. */
export async function sweepImport({ datasetDir, stagingToken }: ImportRequest): Promise<void> {
  await rm(join(datasetDir, stagingName(stagingToken)), { recursive: true, force: true });
  await removeIfEmpty(datasetDir);
}

interface ImportJob {
  readonly request: ImportRequest;
  readonly onProgress: (progress: ImportProgress) => void;
  readonly signal: AbortSignal;
}

async function importInto(
  stagingDir: string,
  { request, onProgress, signal }: ImportJob,
): Promise<ImportResult> {
  const counts = { records: 0, problems: 0 };
  const half = (done: number, total: number) => {
    onProgress({ phase: 'copying', bytes_done: Math.floor(done / 2), bytes_total: total, ...counts });
  };
  const { revision, sourcePath } = request;
  const target = join(stagingDir, SOURCE_FILE);
  const hooks = { signal, onBytes: half };
  const copied =
    revision === undefined || revision.isNewFile
      ? await copySource(request, target, hooks)
      : await linkStoredSource({ path: sourcePath, sha256: revision.sourceSha256 }, target, hooks);
  const asked: CopyReading = {
    request,
    copied,
    stagingDir,
    signal,
    fileName: request.fileName ?? basename(sourcePath),
    onProgress: ({ bytesDone, ...found }) => {
      onProgress({
        phase: 'reading',
        bytes_done: Math.floor((copied.sizeBytes + bytesDone) / 2),
        bytes_total: copied.sizeBytes,
        ...found,
      });
    },
  };
  const carried = revision?.carry && (await carryExclusions(revision.carry, asked));
  const reading = carried ? withExcluded(asked, carried.ids) : asked;
  const findings = await readCopy(reading);
  signal.throwIfAborted();
  return { ...(await publishOrJudge(findings, reading)), ...(carried && { carried }) };
}

async function publishOrJudge(
  findings: Findings,
  { request, copied, stagingDir, signal }: CopyReading,
): Promise<ImportResult> {
  const { revision, datasetDir, maxBytes } = request;
  const unkept = await judgeRevision(findings, { request, stagingDir, signal });
  if (unkept !== null) return { ...resultOf(findings, copied, null), unkept };
  if (findings.file !== null)
    await writeFile(join(stagingDir, RECIPE_FILE), JSON.stringify(recipeOf(request)), { mode: 0o600 });
  if (revision?.announceIn !== undefined && findings.file !== null)
    await announceVersion(revision.announceIn, findings.file.sha256);
  const isCurrent = revision === undefined;
  const versionDir = await publishVersion({ stagingDir, datasetDir, copied, findings, maxBytes, isCurrent });
  return resultOf(findings, copied, versionDir);
}

function withExcluded(reading: CopyReading, ids: readonly string[]): CopyReading {
  const { request } = reading;
  return { ...reading, request: { ...request, exclude: [...new Set([...(request.exclude ?? []), ...ids])] } };
}

function resultOf(findings: Findings, copied: CopiedSource, versionDir: string | null): ImportResult {
  const { report, statistics, file, signature } = findings;
  const version =
    file === null
      ? null
      : {
          sha256: file.sha256,
          sourceSha256: copied.sha256,
          sizeBytes: file.sizeBytes,
          records: report.usable_records,
        };
  return {
    report,
    statistics,
    sourceBytes: copied.sizeBytes,
    signature,
    linkTarget: copied.linkTarget,
    versionDir,
    version,
  };
}

function refusedSource(fault: SourceFault, request: ImportRequest): ImportResult {
  return {
    report: refusedReport(faultOfSource(fault), 0),
    statistics: new StatisticsTally(request.seed ?? DEFAULT_SEED).summarise(request.share ?? DEFAULT_SHARE),
    sourceBytes: 0,
    signature: null,
    linkTarget: null,
    versionDir: null,
    version: null,
    ...(request.revision !== undefined && { unkept: { kind: 'empty' } }),
  };
}
