import { DocumentScanner } from '../readers/document-scanner';
import type { CutValue } from '../readers/document-parts';
import { isJsonObject } from '../readers/json-object';
import type { JsonObject } from '../readers/json-object';
import { isTooMuch, parseJson } from '../readers/parse-json';
import type { Container, RawRecord } from '../readers/raw-record';
import { contextOf } from '../readers/read-conversations';
import { readLineRecords } from '../readers/read-lines';
import { versionLabels } from './version-labels';
import { detectShape } from '../shapes/detect-shape';

/** Opens the file's text again from its beginning; several looks are needed and none keeps the text. */
export type OpenText = () => AsyncIterable<Buffer>;

const OPENING_BRACE = 0x7b;
const OPENING_BRACKET = 0x5b;

/** How a file holds its records; null when it holds no JSON (formats.md, question 2). */
export async function planContainer(openText: OpenText): Promise<Container | null> {
  const [first, second] = await firstRecords(openText, 2);
  if (first === undefined) return null;
  // A first line that is too long to be looked at is one, where the second is.
  if (second !== undefined && isObjectLine(first.tooLong ? second : first)) return { kind: 'lines' };
  const opening = first.bytes.find((byte) => byte > 0x20);
  if (opening === OPENING_BRACKET) return { kind: 'array' };
  if (opening === OPENING_BRACE) return containerOf(await outline(openText));
  return (await isMostlyObjects(openText)) ? { kind: 'lines' } : null;
}

/** The first filled lines of a text. */
export async function firstRecords(openText: OpenText, count: number): Promise<RawRecord[]> {
  const records: RawRecord[] = [];
  for await (const batch of readLineRecords(openText())) {
    records.push(...batch.slice(0, count - records.length));
    if (records.length >= count) break;
  }
  return records;
}

/** Whether at least half of the filled lines are objects of their own. */
export async function isMostlyObjects(openText: OpenText): Promise<boolean> {
  let filled = 0;
  let objects = 0;
  for await (const batch of readLineRecords(openText())) {
    filled += batch.length;
    objects += batch.filter(isObjectLine).length;
  }
  return objects > 0 && objects * 2 >= filled;
}

/** By its structure alone: bytes of any encoding may stand inside its texts. */
function isObjectLine({ bytes, tooLong }: RawRecord): boolean {
  if (tooLong) return false;
  const text = bytes.toString('latin1').trim();
  if (!text.startsWith('{') || !text.endsWith('}')) return false;
  if (isTooMuch(text)) return true;
  try {
    return isJsonObject(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** The root object of a document, with only one element of each of its lists: the first that is an object. */
async function outline(openText: OpenText): Promise<JsonObject> {
  const entries = new Map<string, unknown>();
  const isSettled = (key: string | null) => key === null || isRecordList(entries.get(key));
  const scanner = new DocumentScanner((key, index) => index === null || !isSettled(key));
  const note = (cuts: readonly CutValue[]) => {
    for (const cut of cuts)
      if (cut.key !== null && !isSettled(cut.key) && (cut.index !== null || !entries.has(cut.key)))
        entries.set(cut.key, outlined(cut));
  };
  for await (const chunk of openText()) {
    note(scanner.push(chunk));
    if (scanner.faults.length > 0 && [...entries.values()].some(isRecordList)) break;
  }
  for (const key of scanner.lists) if (!entries.has(key)) entries.set(key, []);
  return Object.fromEntries(entries);
}

function outlined({ bytes, index }: CutValue): unknown {
  const parsed = bytes === null ? null : parseJson(bytes);
  const value = parsed?.kind === 'value' ? parsed.value : namesIn(bytes);
  return index === null ? value : [value];
}

/** Of an object with a syntax fault the names alone, as far as they can be told. */
function namesIn(bytes: Buffer | null): JsonObject | null {
  if (bytes?.[0] !== OPENING_BRACE) return null;
  const scanner = new DocumentScanner(() => false);
  const cuts = [...scanner.push(bytes), ...scanner.end()];
  const names = [...cuts.map(({ key }) => key), ...scanner.lists].filter((key) => key !== null);
  return names.length === 0 ? null : Object.fromEntries(names.map((name) => [name, null]));
}

function isRecordList(value: unknown): boolean {
  return Array.isArray(value) && isJsonObject(value[0]);
}

/** Form B first, then a record by itself, then an object with exactly one list of records. */
function containerOf(document: JsonObject): Container {
  const lists = Object.keys(document).filter((key) => isRecordList(document[key]));
  const withPairs = lists.find((key) => key === 'conversations' && hasPairs(document[key]));
  if (withPairs !== undefined) return { kind: 'conversations', key: withPairs, ...labelsIn(document) };
  if (lists.includes('training_pairs'))
    return {
      kind: 'pairs',
      key: 'training_pairs',
      context: contextOf(metadataOf(document), 0),
      ...labelsIn(document),
    };
  const shape = detectShape(document);
  const [only, ...others] = lists;
  if (only === undefined || others.length > 0 || (shape !== null && shape !== 'I')) return { kind: 'bare' };
  return { kind: 'list', key: only };
}

function hasPairs(list: unknown): boolean {
  const first: unknown = Array.isArray(list) ? list[0] : null;
  return isJsonObject(first) && ('training_pairs' in first || 'conversation_metadata' in first);
}

function labelsIn(document: JsonObject): { labels?: readonly string[] } {
  const labels = [document.training_file_metadata, document.dataset_metadata].flatMap(versionLabels);
  return labels.length === 0 ? {} : { labels };
}

function metadataOf(document: JsonObject): JsonObject {
  return isJsonObject(document.dataset_metadata) ? document.dataset_metadata : {};
}
