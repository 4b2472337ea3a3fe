import { isJsonList } from '../readers/json-object';
import type { JsonObject } from '../readers/json-object';
import { failure } from './conversion';
import type { Fault } from './conversion';

const MEDIA_FIELDS = ['image', 'images', 'audio', 'audios', 'video', 'videos'] as const;

/** Only text can be trained on: media beside it, whatever they are given as, refuse the record (question 6). */
export function checkMedia(holder: JsonObject, path: string, faults: Fault[]): void {
  const field = MEDIA_FIELDS.find((name) => holdsMedia(holder[name]));
  if (field === undefined) return;
  faults.push(
    failure('unsupported_content', {
      path: `${path}/${field}`,
      error: `“${field}” holds media; only text can be trained on.`,
      suggestion: `Leave the record out, or remove “${field}” if its text stands for itself. Nothing is ever fetched.`,
    }),
  );
}

/** What a table of text writes where a record has none, as an amount or as a word. */
const NONE_OF_IT: ReadonlySet<string> = new Set(['', '0', 'none', 'null']);

/** A name, a number, bytes, or anything filled inside a list or an object; yes, no and none are no media. */
function holdsMedia(value: unknown): boolean {
  if (isJsonList(value)) return value.some(holdsMedia);
  if (typeof value === 'object' && value !== null) return Object.values(value).some(holdsMedia);
  if (typeof value === 'string') return !NONE_OF_IT.has(value.trim().toLowerCase());
  return typeof value === 'number' && value !== 0;
}
