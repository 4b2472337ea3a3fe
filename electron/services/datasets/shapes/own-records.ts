import { QualityScore, Scaffolding } from '../../../../src/lib/types/dataset-records';
import { isJsonList, isJsonObject } from '../readers/json-object';
import type { JsonObject } from '../readers/json-object';
import type { DraftRecord } from './conversion';

/** Whether the product itself wrote a record: each of its messages says whether it is trained. */
function isOwn({ source_line, messages }: JsonObject): boolean {
  return (
    typeof source_line === 'number' &&
    isJsonList(messages) &&
    messages.every((message) => isJsonObject(message) && typeof message.trained === 'boolean')
  );
}

/** Where a record of forms A and B stood, which its canonical form keeps beside its messages. */
export function keptPlace(record: JsonObject): Pick<DraftRecord, 'scaffolding' | 'qualityScore'> {
  if (!isOwn(record)) return { scaffolding: null };
  return {
    scaffolding: Scaffolding.safeParse(record.scaffolding).data ?? null,
    qualityScore: QualityScore.safeParse(record.quality_score).data,
  };
}
