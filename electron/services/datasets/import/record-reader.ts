import type { DatasetProblem, RecordOrigin } from '../../../../src/lib/types/dataset-records';
import type { SafeFix } from '../../../../src/lib/types/dataset-versions';
import { textsOf } from '../../../../src/lib/types/record-turns';
import { isJsonObject, textOf } from '../readers/json-object';
import type { JsonObject } from '../readers/json-object';
import { MAX_LINE_BYTES } from '../readers/limits';
import { parseJson } from '../readers/parse-json';
import type { RawRecord } from '../readers/raw-record';
import { namedByColumns } from '../shapes/column-mapping';
import { caution, failure, kindOf } from '../shapes/conversion';
import type { Converter, DraftRecord, Fault } from '../shapes/conversion';
import { CONVERTERS } from '../shapes/converters';
import { SHAPE_NAMES, detectShape, isCompletion } from '../shapes/detect-shape';
import type { RecordShape } from '../shapes/detect-shape';
import { columnsOf } from '../shapes/instruction-columns';
import { isUnclearLabel, isUnusedLabel, unclearLabel } from '../shapes/labels';
import { hasSeparators, withoutSeparators } from '../shapes/separators';
import { linesAsRead } from './as-read';
import type { RecordAsRead } from './as-read';
import type { CanonicalWriter } from './canonical-writer';
import { FileNotes } from './file-notes';
import { FixTrials } from './fix-trials';
import { formatBytes } from '../../../../src/lib/messages/format';
import { problemPlace } from './problem-place';
import { prepareRecord } from './prepare-record';
import type { Preparation } from './prepare-record';
import type { ProblemLog } from './problem-log';
import { RecordIds } from './record-ids';
import type { TextFile } from './text-file';
import type { StatisticsTally } from './statistics';
import { Tally } from './tally';
import { htmlIn, oddCharacters, templateNote } from './text-notes';
import { FLAT_SHAPES, unusedTexts, unusedVerdicts } from './unused-fields';
import { versionLabels } from './version-labels';

export interface ReadingPlan extends Preparation {
  readonly shape: RecordShape | null;
  readonly stripSeparators?: boolean;
  /** Ids of records that are left out, as if they were not in the file. */
  readonly exclude?: readonly string[];
  readonly fixes?: readonly SafeFix[];
  /** Other fixes, of which it is counted what they would change. */
  readonly tries?: readonly (readonly SafeFix[])[];
}

export interface RecordOutputs {
  readonly writer: Pick<CanonicalWriter, 'add'>;
  readonly log: Pick<ProblemLog, 'add'>;
  readonly statistics: Pick<StatisticsTally, 'add'>;
  /** Takes what the fixes save, where that is to be shown. */
  readonly asRead?: Pick<TextFile, 'write'> | null;
}

/** Takes a file's records one by one: parses, converts, counts, and writes what can be used. */
export class RecordReader {
  readonly tally = new Tally();
  readonly notes = new FileNotes();
  private readonly ids = new RecordIds();
  private listedWarnings = 0;
  /** Records to be left out that were not met yet. */
  readonly unmet: Set<string>;
  readonly trials: FixTrials;
  /** Columns of the mapping that no record had yet. */
  readonly unseenColumns: Set<string>;
  private readonly shape: RecordShape | null;
  private readonly outputs: RecordOutputs;

  private readonly plan: ReadingPlan;

  constructor(plan: ReadingPlan, outputs: RecordOutputs) {
    this.plan = plan;
    this.shape = plan.shape;
    this.unmet = new Set(plan.exclude);
    this.trials = new FixTrials(plan.tries);
    this.unseenColumns = new Set(Object.values(plan.mapping ?? {}));
    this.outputs = outputs;
    const { container } = plan;
    if ('labels' in container) this.notes.noteVersion(container.labels ?? [], 1);
  }

  take(raw: RawRecord): void {
    if (raw.tooLong) {
      this.tally.records += 1;
      this.tally.unread += 1;
      this.reject(raw, null, [lineTooLong()]);
      return;
    }
    const parsed = raw.parsed ?? parseJson(raw.bytes, raw.outerDepth);
    if (parsed.kind === 'blank') return;
    if (parsed.kind === 'value') {
      this.takeValue(raw, parsed.value);
      return;
    }
    this.tally.records += 1;
    this.tally.unread += 1;
    this.tally.rejected += 1;
    if (parsed.fault.type === 'encoding_error' && parsed.fault.path === null)
      this.tally.countBadEncoding(raw.bytes);
    const problem: DatasetProblem = {
      ...problemPlace(raw, parsed.fault),
      record_id: null,
      severity: 'error',
    };
    if (problem.type === 'malformed_json') this.tally.firstMalformed ??= problem;
    this.outputs.log.add(problem);
  }

  private takeValue(raw: RawRecord, value: unknown): void {
    if (isJsonObject(value) && '_meta' in value && !('target_response' in value)) {
      this.notes.noteVersion(versionLabels(value._meta), raw.line);
      return;
    }
    this.tally.records += 1;
    const [{ excluded }, before] = [this.tally, this.warnings];
    if (isJsonObject(value)) this.takeObject(raw, value);
    else this.reject(raw, null, [noObject(value)]);
    if (this.warnings > before && this.tally.excluded === excluded) this.tally.warned += 1;
  }

  private get warnings(): number {
    return this.listedWarnings + this.notes.warnings;
  }

  private takeObject(raw: RawRecord, original: JsonObject): void {
    const value = prepareRecord(original, this.plan);
    const detected = detectShape(value);
    this.tally.keepSample(original);
    for (const column of this.unseenColumns)
      if (Object.hasOwn(original, column)) this.unseenColumns.delete(column);
    this.tally.countShape(detected === 'A' && this.shape === 'B' ? 'B' : detected);
    if (detected === null) this.noteUnknown(raw, original, value);
    if (this.shape === null) {
      this.tally.rejected += 1;
      return;
    }
    const foreign = foreignFault(this.shape, detected);
    const rejectedBefore = this.tally.rejected;
    if (foreign === null) this.convert(raw, value, CONVERTERS[this.shape]);
    else this.reject(raw, textOf(value.id), [foreign]);
    if (this.tally.rejected > rejectedBefore) this.tally.names.noteSpeakers(original);
  }

  private noteUnknown(raw: RawRecord, original: JsonObject, value: JsonObject): void {
    this.tally.firstUnknownKeys ??= Object.keys(original);
    if (isCompletion(value) && isUnclearLabel(value.label))
      this.tally.firstUnclearLabel ??= problemOf(raw, textOf(value.id), unclearLabel(value.label));
  }

  private convert(raw: RawRecord, value: JsonObject, convert: Converter): void {
    const { fixes = [] } = this.plan;
    const cleaned = this.cleaned(raw, value);
    const convertWith = (chosen: readonly SafeFix[]) =>
      convert(cleaned, { context: raw.context, fixes: chosen });
    const conversion = convertWith(fixes);
    this.noteNames(raw, value, conversion.kind === 'usable');
    const originalId = textOf(value.id);
    if (conversion.kind === 'null_target') {
      this.tally.nullTargets += 1;
      return;
    }
    // Also for a record that is refused: a fix that saves it must not rename those after it.
    const claim = this.ids.claim(originalId, { line: raw.line, ordinal: this.tally.records });
    if (conversion.kind === 'usable' && this.unmet.delete(claim.id)) {
      this.tally.excluded += 1;
      return;
    }
    this.trials.take(conversion, convertWith);
    const faults = this.told(conversion.faults);
    if (conversion.kind === 'rejected') this.reject(raw, originalId === null ? null : claim.id, faults);
    else {
      this.accept(raw, { ...claim, draft: conversion.draft, faults });
      this.noteUnused(raw.line, cleaned, conversion.draft);
      if (fixes.length > 0 && this.outputs.asRead && convertWith([]).kind === 'rejected')
        this.outputs.asRead.write(`${JSON.stringify(asRead(claim.id, cleaned))}\n`);
    }
  }

  private noteNames({ line }: RawRecord, value: JsonObject, isUsed: boolean): void {
    if (isUsed && ANSWERED.has(this.shape) && isUnusedLabel(value)) this.notes.noteLabel(line);
    this.notes.columns ??= columnsOf(this.shape, value);
    if (this.shape === 'A' || this.shape === 'B') this.notes.noteFields(Object.keys(value), line);
  }

  /** Of the first records: what they have, the others have mostly. Who names the fields has seen the others. */
  private noteUnused(line: number, value: JsonObject, { content }: DraftRecord): void {
    if (this.plan.mapping !== null || this.tally.usable > LOOKED_FOR_UNUSED) return;
    if (FLAT_SHAPES.has(this.shape)) this.notes.noteUnused(unusedTexts(value, content), line);
    if (ANSWERED.has(this.shape)) this.notes.noteVerdicts(unusedVerdicts(value), line);
  }

  private told(faults: readonly Fault[]): readonly Fault[] {
    const { mapping } = this.plan;
    return mapping === null ? faults : namedByColumns(faults, mapping);
  }

  private cleaned(raw: RawRecord, value: JsonObject): JsonObject {
    if (this.shape !== 'G' || !hasSeparators(value)) return value;
    if (this.plan.stripSeparators === true) return withoutSeparators(value);
    this.notes.noteSeparators(raw.line);
    return value;
  }

  private accept(raw: RawRecord, { id, isRepeated, draft, faults }: AcceptedRecord): void {
    this.tally.usable += 1;
    const origin = originOf(draft, { id, line: raw.line });
    const texts = textsOf(draft.content);
    const template = templateNote(texts);
    // In form B ids repeat by design.
    const repeated = isRepeated && this.shape !== 'B' ? [repeatedId(id)] : [];
    this.list(raw, id, [...faults, ...repeated, ...(template === null ? [] : [template])]);
    this.notes.noteCharacters(oddCharacters(texts), raw.line);
    const tag = htmlIn(texts);
    if (tag !== null) this.notes.noteHtml(tag, raw.line);
    this.outputs.statistics.add({ ...origin, ...draft.content });
    this.outputs.writer.add(origin, draft.content);
  }

  /** What is only doubtful says how the rest is used, of which there is none. */
  private reject(raw: RawRecord, recordId: string | null, faults: readonly Fault[]): void {
    this.tally.rejected += 1;
    this.list(
      raw,
      recordId,
      faults.filter(({ severity }) => severity === 'error'),
    );
  }

  private list(raw: RawRecord, recordId: string | null, faults: readonly Fault[]): void {
    for (const fault of faults) {
      this.outputs.log.add(problemOf(raw, recordId, fault));
      if (fault.severity === 'warning') this.listedWarnings += 1;
    }
  }
}

const LOOKED_FOR_UNUSED = 2000;

/** Shapes that train every answer, whatever is said of it elsewhere. */
const ANSWERED: ReadonlySet<RecordShape | null> = new Set(['C', 'D', 'E', 'F', 'G']);

interface AcceptedRecord {
  readonly id: string;
  readonly isRepeated: boolean;
  readonly draft: DraftRecord;
  readonly faults: readonly Fault[];
}

const asRead = (id: string, record: JsonObject): RecordAsRead => ({ id, lines: linesAsRead(record) });

function problemOf(raw: RawRecord, recordId: string | null, fault: Fault): DatasetProblem {
  const path = fault.path === null && raw.pointer === '' ? null : `${raw.pointer}${fault.path ?? ''}`;
  return { line: raw.line, record_id: recordId, ...fault, path };
}

function originOf(draft: DraftRecord, { id, line }: { id: string; line: number }): RecordOrigin {
  return {
    id,
    source_line: line,
    ...(draft.conversationId !== null && { conversation_id: draft.conversationId }),
    ...(draft.scaffolding !== null && { scaffolding: draft.scaffolding }),
    ...(draft.qualityScore !== undefined && { quality_score: draft.qualityScore }),
  };
}

function lineTooLong(): Fault {
  return failure('line_too_long', {
    path: null,
    error: `The record is longer than ${formatBytes(MAX_LINE_BYTES)}, so it was skipped.`,
    suggestion: 'Split it into several records; no model reads that much at once.',
  });
}

function noObject(value: unknown): Fault {
  return failure('invalid_type', {
    path: null,
    error: `The record is ${kindOf(value)}, not an object.`,
    suggestion: 'Write each record as one JSON object.',
  });
}

/** A record of another shape than its file's is never read as if it were one of them. */
function foreignFault(shape: RecordShape, detected: RecordShape | null): Fault | null {
  const expected = shape === 'B' ? 'A' : shape;
  if (detected === null || detected === expected) return null;
  return failure('missing_field', {
    path: null,
    error: `This record is ${SHAPE_NAMES[detected].name}, but most of the file is ${SHAPE_NAMES[shape].name} with ${SHAPE_NAMES[expected].keys}.`,
    suggestion: 'Keep one shape in a file; import the other records from a file of their own.',
  });
}

function repeatedId(id: string): Fault {
  return caution('duplicate_id', {
    path: '/id',
    error: `An earlier record has the same id, so this one is called “${id}”.`,
    suggestion: 'Give every record an id of its own if ids matter to you.',
  });
}
