import { isJsonList } from '../readers/json-object';
import type { JsonObject } from '../readers/json-object';
import type { Turn } from './chat-turn';
import { failure } from './conversion';
import type { Fault } from './conversion';

const MARK = /<(?:image|audio|video)>/;
const MEDIA_LISTS = ['image', 'images', 'audio', 'audios', 'video', 'videos'] as const;

/** `<image>` and its like stand for media only where the record has a list of them (question 6). */
export function checkMedia(record: JsonObject, turns: readonly Turn[], faults: Fault[]): void {
  const list = MEDIA_LISTS.find((key) => {
    const value = record[key];
    return isJsonList(value) && value.length > 0;
  });
  const marked = list === undefined ? undefined : turns.find(({ message }) => MARK.test(message.content));
  if (list === undefined || marked === undefined) return;
  faults.push(
    failure('unsupported_content', {
      path: `/${list}`,
      error: `The text refers to media in “${list}”; only text can be trained on.`,
      suggestion: 'Leave the record out, or remove the marks and the list. Nothing is ever fetched.',
    }),
  );
}
