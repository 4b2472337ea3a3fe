import type { RecordContent } from '../../../../src/lib/types/dataset-records';
import { textsOf } from '../../../../src/lib/types/record-turns';
import { isJsonList } from '../readers/json-object';
import type { JsonObject } from '../readers/json-object';
import type { RecordShape } from '../shapes/detect-shape';

/** Shapes of flat records, of which only fields with certain names are read. */
export const FLAT_SHAPES: ReadonlySet<RecordShape | null> = new Set(['F', 'G', 'H', 'KTO', 'I']);

/** Words of a question or an answer, however short; other fields have to look like prose. */
const TELLING = new Set([
  'choices',
  'options',
  'context',
  'passage',
  'input',
  'instruction',
  'question',
  'title',
]);
const LEAST_PROSE = 20;

/** Names of fields whose texts are nowhere in what was made of their record. */
export function unusedTexts(record: JsonObject, content: RecordContent): string[] {
  const fields = Object.entries(record).filter(([name, value]) => isTelling(name, value));
  if (fields.length === 0) return [];
  const texts = textsOf(content);
  const isUsed = (piece: string) => texts.some((text) => text.includes(piece.trim()));
  return fields.filter(([, value]) => !piecesOf(value).every(isUsed)).map(([name]) => name);
}

const NEVER = new Set(['id', 'conversation_id', 'tools', 'history', 'system', 'system_prompt']);

function isTelling(name: string, value: unknown): boolean {
  if (NEVER.has(name) || piecesOf(value).length === 0) return false;
  return TELLING.has(name.toLowerCase()) || (typeof value === 'string' && isProse(value));
}

const isProse = (text: string): boolean => text.trim().length >= LEAST_PROSE && /\S\s+\S/.test(text);

function piecesOf(value: unknown): string[] {
  const items = isJsonList(value) ? value : [value];
  return items.filter((item): item is string => typeof item === 'string' && item.trim() !== '');
}

const VERDICT = /good|bad|desir|accept|wanted|chosen|prefer|approv|thumb|lik(?:ed|es?)$|label|_tag$/i;

/** Names of fields that say "false" and may mean that the answer is not wanted. */
export function unusedVerdicts(record: JsonObject): string[] {
  return Object.keys(record).filter((name) => record[name] === false && VERDICT.test(name));
}
