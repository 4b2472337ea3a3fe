import type { DatasetProblem } from '../../../../src/lib/types/dataset-records';
import { isJsonList, isJsonObject } from '../readers/json-object';
import type { JsonObject } from '../readers/json-object';
import type { RecordShape } from '../shapes/detect-shape';
import { FieldNames } from './field-names';
import { ownBeginning } from './own-beginning';

const SAMPLE_ROWS = 3;
const SAMPLE_BYTES = 64 * 1024;

const SAMPLE_ITEMS = 10;
const SAMPLE_CHARACTERS = 1000;

/** A record as it is shown in a mapping: with the beginnings of its texts. */
function sampleOf(record: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, shortValue(value)]));
}

function shortValue(value: unknown): unknown {
  if (typeof value === 'string')
    return value.length <= SAMPLE_CHARACTERS ? value : ownBeginning(value, SAMPLE_CHARACTERS);
  if (isJsonList(value)) return value.slice(0, SAMPLE_ITEMS).map(shortValue);
  return isJsonObject(value) ? sampleOf(value) : value;
}

/** Counts of one pass over a file. */
export class Tally {
  records = 0;
  usable = 0;
  rejected = 0;
  nullTargets = 0;
  /** Left out by hand. */
  excluded = 0;
  /** With a warning of their own, or one that the file is told once for all of them. */
  warned = 0;
  /** Of which nothing could be parsed, whatever the reason. */
  unread = 0;
  badEncoding = 0;
  firstMalformed: DatasetProblem | null = null;
  /** Of no shape only because of what its label is. */
  firstUnclearLabel: DatasetProblem | null = null;
  firstUnknownKeys: readonly string[] | null = null;
  readonly samples: JsonObject[] = [];
  readonly names = new FieldNames();
  readonly badBytes: Buffer[] = [];
  private readonly shapes = new Map<RecordShape, number>();
  private badBytesHeld = 0;

  keepSample(record: JsonObject): void {
    this.names.note(record);
    if (this.samples.length < SAMPLE_ROWS) this.samples.push(sampleOf(record));
  }

  countShape(shape: RecordShape | null): void {
    if (shape !== null) this.shapes.set(shape, (this.shapes.get(shape) ?? 0) + 1);
  }

  /** The most frequent shape is the file's (question 2). */
  get mostFrequentShape(): RecordShape | null {
    const ranked = [...this.shapes].sort(([, left], [, right]) => right - left);
    return ranked[0]?.[0] ?? null;
  }

  countBadEncoding(bytes: Buffer): void {
    this.badEncoding += 1;
    if (this.badBytesHeld > SAMPLE_BYTES) return;
    this.badBytesHeld += bytes.length;
    this.badBytes.push(Buffer.from(bytes.subarray(0, SAMPLE_BYTES)));
  }

  get isMostlyBadEncoding(): boolean {
    return this.badEncoding * 2 > this.records;
  }
}
