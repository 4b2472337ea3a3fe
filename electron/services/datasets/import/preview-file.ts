import { basename } from 'node:path';
import type { RoleNames } from '../../../../src/lib/types/dataset-reading';
import type { CanonicalRecord, DatasetProblem } from '../../../../src/lib/types/dataset-records';
import type { ImportPreview } from '../../../../src/lib/types/import-preview';
import { MAX_FILE_BYTES } from '../readers/limits';
import { openSource } from '../readers/open-source';
import type { SourceText } from '../readers/open-source';
import type { Container, RawRecord } from '../readers/raw-record';
import { takenRoles } from '../shapes/taken-roles';
import { roleOf } from '../shapes/roles';
import { shownRecord } from '../shown-record';
import { readingOfWords } from '../version-recipe';
import type { CanonicalWriter } from './canonical-writer';
import { chooseContainer } from './choose-container';
import { HashSet } from './hash-index';
import { HeadSource } from './head-source';
import type { HeadLimits } from './head-source';
import type { ImportRequest } from './import-request';
import { columnsOf, layoutOf, shownRow } from './mapping-report';
import { breakProblem, salvagedProblem } from './pass';
import type { PassFindings, PassPlan } from './pass';
import { plain } from './own-words';
import { notesOf, preparationOf, requireKnownEncoding, signatureOf, wishesOf } from './read-copy';
import { noNotes, readRecords } from './read-source';
import type { ReadableSource } from './read-source';
import { ProblemCounts } from './problem-counts';
import { RecordReader } from './record-reader';
import { CONTAINER_NAMES, passReport, refusedReport } from './report';
import { settledPass } from './settle-pass';
import { shortened } from './short-record';
import { lookAtSource } from './source-file';
import { SourceFault } from './source-fault';
import { DEFAULT_SEED } from './split-defaults';
import { StatisticsTally } from './statistics';
import { beginningTooLarge, faultOfPass, faultOfSource } from './whole-file';
import type { WholeFileFault } from './whole-file';

const SHOWN_RECORDS = 5;
const SHOWN_PROBLEMS = 100;
const ENOUGH_RECORDS = 2000;
const ENOUGH_BYTES = 4 * 1024 * 1024;

/** What a preview says of a file that the service has to add to: whether it is read as last time. */
export type FilePreview = Omit<ImportPreview, 'is_remembered'>;

/**
 * Reads the beginning of a file as its import would, by the same readers, and keeps nothing. Bounded in
 * bytes, records and time, however long the file; a file that cannot be read says so in its report.
 */
export async function previewFile(
  request: ImportRequest,
  signal: AbortSignal = new AbortController().signal,
  limits: HeadLimits = {},
): Promise<FilePreview> {
  const file = { file_name: nameOf(request), reading: readingOfWords(request) };
  let known: Pick<FilePreview, 'size_bytes' | 'link_target'> = { size_bytes: 0, link_target: null };
  try {
    const { sizeBytes, linkTarget } = await lookAtSource(request);
    known = { size_bytes: sizeBytes, link_target: linkTarget };
    return { ...file, ...known, ...(await readHead({ request, signal, limits, linkTarget })) };
  } catch (error) {
    if (!(error instanceof SourceFault)) throw error;
    const refused = refusedHead(faultOfSource(error), null);
    return { ...file, ...known, ...refused };
  }
}

const nameOf = ({ fileName, sourcePath }: ImportRequest): string => fileName ?? basename(sourcePath);

interface HeadReading {
  readonly request: ImportRequest;
  readonly signal: AbortSignal;
  readonly limits: HeadLimits;
  readonly linkTarget: string | null;
}

type HeadFindings = Omit<FilePreview, 'file_name' | 'size_bytes' | 'link_target' | 'reading'>;

async function readHead(reading: HeadReading): Promise<HeadFindings> {
  const { request, signal, limits } = reading;
  const { sourcePath, encoding, maxBytes = MAX_FILE_BYTES } = request;
  requireKnownEncoding(request);
  const onUnpacked = (bytes: number) => {
    if (bytes > maxBytes) throw SourceFault.unpacksTooLarge(maxBytes);
  };
  const whole = await openSource(sourcePath, { signal, onUnpacked, encoding });
  const head = new HeadSource(whole, limits);
  const { source } = head;
  const fileName = nameOf(request);
  const container = await chooseContainer({ request, source, path: sourcePath, fileName, maxBytes });
  if ('problems' in container) return head.isCut ? unseenHead(whole) : refusedHead(container, whole);
  const readable = { source, signal, onBytes: () => undefined, onUnpacked, maxRows: ENOUGH_RECORDS };
  const run = (plan: PassPlan) => passOverHead(plan, { readable, head, reading: wishesOf(request) });
  const plan = { ...preparationOf(request), container };
  const pass = await settledPass(plan, { fileName, source: readable, run });
  return describe(pass, reading, whole);
}

interface HeadPass extends PassFindings {
  readonly records: readonly CanonicalRecord[];
  readonly isWhole: boolean;
}

interface HeadPassOptions {
  readonly readable: ReadableSource;
  readonly head: HeadSource;
  readonly reading: ReturnType<typeof wishesOf>;
}

async function passOverHead(plan: PassPlan, { readable, head, reading }: HeadPassOptions): Promise<HeadPass> {
  const records: CanonicalRecord[] = [];
  const log = new FirstProblems();
  const statistics = new StatisticsTally(DEFAULT_SEED);
  const contents = new HashSet();
  let duplicates = 0;
  const writer = {
    add: (...[origin, content]: Parameters<CanonicalWriter['add']>) => {
      if (!contents.add(JSON.stringify(content))) duplicates += 1;
      if (records.length < SHOWN_RECORDS) records.push(shortened(shownRecord({ ...origin, ...content })));
    },
  };
  const reader = new RecordReader({ ...plan, ...reading }, { writer, log, statistics });
  const notes = noNotes();
  let isWhole = true;
  for await (const batch of readRecords(readable, plan.container, notes)) {
    for (const raw of seenWhole(batch, head)) reader.take(raw);
    isWhole = !head.isCut && !isEnough(reader.tally, head.bytesRead);
    // Left at once: what a reader says at the end of a text is about the end of the file.
    if (!isWhole) break;
  }
  isWhole &&= !head.isCut;
  for (const problem of reader.notes.problems()) log.add(problem);
  for (const fault of notes.faults) log.add(salvagedProblem(fault));
  const breaks = isWhole ? notes.breaks : [];
  for (const place of breaks) log.add(breakProblem(place));
  const { faults: structureFaults, remarks } = notes;
  return { ...plan, reader, statistics, log, duplicates, structureFaults, breaks, remarks, records, isWhole };
}

/** Where a text ends too early, the last of its records may be the beginning of one. */
function seenWhole(batch: readonly RawRecord[], { isUsedUp }: HeadSource): readonly RawRecord[] {
  return isUsedUp && batch.at(-1)?.tooLong !== true ? batch.slice(0, -1) : batch;
}

function isEnough({ records, names }: RecordReader['tally'], bytesRead: number): boolean {
  return (
    records >= ENOUGH_RECORDS || (bytesRead >= ENOUGH_BYTES && (names.isFull || records >= SHOWN_PROBLEMS))
  );
}

class FirstProblems {
  total = 0;
  readonly first: DatasetProblem[] = [];
  readonly kinds = new ProblemCounts();

  add(problem: DatasetProblem): void {
    this.total += 1;
    this.kinds.add(problem);
    if (this.first.length < SHOWN_PROBLEMS) this.first.push(problem);
  }
}

function describe(pass: HeadPass, { request, linkTarget }: HeadReading, source: SourceText): HeadFindings {
  const { container, reader } = pass;
  const fault = faultOfHead(pass, request.salvage === true);
  const { samples, names, records } = reader.tally;
  const columns = isMappable(container, reader) ? columnsOf(container, samples) : [];
  return {
    ...packedAs(source),
    container: CONTAINER_NAMES[container.kind],
    report: fault === null ? passReport(pass, notesOf(source, linkTarget)) : refusedReport(fault, records),
    is_whole: pass.isWhole,
    records: fault === null ? [...pass.records] : [],
    columns,
    rows: columns.length === 0 ? [] : samples.map(shownRow),
    table: container.kind === 'table' ? layoutOf(container) : null,
    roles: columns.length === 0 ? {} : { ...(pass.mapping ?? takenRoles(pass.shape, columns)) },
    role_names: speakersOf(names.roles, pass.roleNames),
    signature: signatureOf(pass),
  };
}

/** Those who were told are among them: a record that is understood by now does not show its speakers. */
function speakersOf(found: ReadonlySet<string>, roleNames: RoleNames = {}): FilePreview['role_names'] {
  const told = new Map(Object.entries(roleNames).map(([name, role]) => [plain(name), role]));
  const names = [...new Set([...found, ...told.keys()])];
  return names.map((name) => ({ name, role: told.get(name) ?? roleOf(name) }));
}

/** Flat records have fields that can be given roles; conversations have none. */
function isMappable({ kind }: Container, { tally }: RecordReader): boolean {
  if (kind === 'text' || kind === 'conversations' || kind === 'pairs') return false;
  const first = tally.samples[0];
  return kind === 'table' || kind === 'parquet' || (first !== undefined && isFlat(first));
}

function isFlat(record: Readonly<Record<string, unknown>>): boolean {
  return Object.values(record).filter((value) => typeof value === 'string').length >= 1 && !hasTurns(record);
}

const TURN_FIELDS = ['messages', 'turns', 'conversations', 'conversation', 'current_user_input'] as const;

function hasTurns(record: Readonly<Record<string, unknown>>): boolean {
  return TURN_FIELDS.some((field) => field in record);
}

function faultOfHead(pass: HeadPass, salvage: boolean): WholeFileFault | null {
  const isUnseen = !pass.isWhole && pass.reader.tally.records === 0 && pass.log.total === 0;
  return isUnseen ? beginningTooLarge() : faultOfPass(pass, { salvage, isColumnMissed: pass.isWhole });
}

/** Of a file whose records may be sound, but none was seen to its end. */
function unseenHead(source: SourceText): HeadFindings {
  return { ...refusedHead(beginningTooLarge(), source), is_whole: false };
}

function refusedHead(fault: WholeFileFault, source: SourceText | null): HeadFindings {
  return {
    ...packedAs(source),
    container: null,
    report: refusedReport(fault, 0),
    is_whole: true,
    records: [],
    columns: [],
    rows: [],
    table: null,
    roles: {},
    role_names: [],
    signature: null,
  };
}

function packedAs(source: SourceText | null): Pick<HeadFindings, 'archive' | 'encoding'> {
  return { archive: source?.archive ?? null, encoding: source?.encoding.name ?? 'utf-8' };
}
