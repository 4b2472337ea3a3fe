import { isJsonObject, textOf } from './json-object';
import type { JsonObject } from './json-object';
import type { Scaffolding } from '../../../../src/lib/types/dataset-records';
import { DocumentScanner } from './document-scanner';
import { faultInCut } from './place-in-value';
import type { CutValue, StructureFault } from './document-parts';
import { parseJson } from './parse-json';
import type { ConversationContext, RawRecord } from './raw-record';

interface Place {
  readonly position: number;
  readonly faults: StructureFault[];
}

/** The training pairs of one conversation of form B; a conversation without any stays as it is, to be named. */
export function expandConversation(conversation: RawRecord, { position, faults }: Place): RawRecord[] {
  if (conversation.bytes[0] !== OPENING_BRACE) return [conversation];
  const scanner = new DocumentScanner(() => true, conversation.line);
  const cuts = [...scanner.push(conversation.bytes), ...scanner.end()];
  const beside = cuts.filter((cut) => !isPair(cut.key, cut.index)).flatMap((cut) => faultInCut(cut) ?? []);
  const found = [...scanner.faults, ...beside];
  faults.push(...found.map((fault) => ({ ...fault, column: shifted(fault, conversation) })));
  const context = contextOf(parsedObject(cuts.find((cut) => cut.key === 'conversation_metadata')), position);
  const pairs = cuts
    .filter((cut) => isPair(cut.key, cut.index))
    .map((cut) => pairOf(cut, { conversation, context }));
  return pairs.length === 0 && !scanner.lists.has('training_pairs') ? [conversation] : pairs;
}

const OPENING_BRACE = 0x7b;

function isPair(key: string | null, index: number | null): boolean {
  return key === 'training_pairs' && index !== null;
}

function pairOf(cut: CutValue, around: { conversation: RawRecord; context: ConversationContext }): RawRecord {
  const { conversation, context } = around;
  return {
    line: cut.line,
    column: shifted(cut, conversation),
    pointer: `${conversation.pointer}/training_pairs/${String(cut.index ?? 0)}`,
    bytes: cut.bytes ?? Buffer.alloc(0),
    tooLong: cut.tooLong,
    outerDepth: conversation.outerDepth + 2,
    context,
  };
}

function shifted(place: { line: number; column: number }, conversation: RawRecord): number {
  return place.line === conversation.line ? place.column + conversation.column - 1 : place.column;
}

function parsedObject(cut: CutValue | undefined): JsonObject {
  const parsed = cut?.bytes ? parseJson(cut.bytes) : null;
  return parsed?.kind === 'value' && isJsonObject(parsed.value) ? parsed.value : {};
}

/** What a form-B conversation is called; by its position when its file names none. */
export function contextOf(metadata: JsonObject, position: number): ConversationContext {
  const scaffolding = isJsonObject(metadata.scaffolding) ? metadata.scaffolding : {};
  return {
    conversationId: textOf(metadata.conversation_id) ?? `conversation-${String(position + 1)}`,
    scaffolding: scaffoldingOf({
      persona: textOf(scaffolding.persona_key) ?? textOf(scaffolding.persona_name),
      arc: textOf(scaffolding.emotional_arc_key) ?? textOf(scaffolding.emotional_arc),
      topic: textOf(scaffolding.training_topic_key) ?? textOf(scaffolding.training_topic),
    }),
  };
}

/** Only the parts that are there. */
export function scaffoldingOf(parts: Record<'persona' | 'arc' | 'topic', string | null>): Scaffolding {
  return {
    ...(parts.persona !== null && { persona: parts.persona }),
    ...(parts.arc !== null && { arc: parts.arc }),
    ...(parts.topic !== null && { topic: parts.topic }),
  };
}
