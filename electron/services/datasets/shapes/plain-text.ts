import { textOf } from '../readers/json-object';
import type { JsonObject } from '../readers/json-object';
import { conclude, requiredText } from './conversion';
import type { Conversion, Fault } from './conversion';
import { checkMedia } from './media';

/** Form I: every token of `text` is trained. */
export function convertText(record: JsonObject): Conversion {
  const faults: Fault[] = [];
  const text = requiredText(record, 'text', faults);
  checkMedia(record, '', faults);
  return conclude(
    { conversationId: textOf(record.conversation_id), content: { text }, scaffolding: null },
    faults,
  );
}
