import { QualityScore } from '../../../../src/lib/types/dataset-records';
import type { Scaffolding } from '../../../../src/lib/types/dataset-records';
import { isJsonList, isJsonObject, textOf } from '../readers/json-object';
import type { JsonObject } from '../readers/json-object';
import { scaffoldingOf } from '../readers/read-conversations';
import { plainTurn, readTurn } from './chat-turn';
import type { Turn } from './chat-turn';
import { chatContent, conclude, failure, kindOf, optionalText, requiredText } from './conversion';
import type { Conversion, ConversionSetting, Fault } from './conversion';
import { checkDialogue, trainedMessages } from './dialogue';
import { fixDialogue } from './safe-fixes';

/** Form A, and the pairs of form B: the record's history, its question and the answer to be trained. */
export function convertTrainingPair(record: JsonObject, { context, fixes }: ConversionSetting): Conversion {
  if (record.target_response === null) return { kind: 'null_target' };
  const faults: Fault[] = [];
  const system = optionalText(record, 'system_prompt', faults);
  const question = requiredText(record, 'current_user_input', faults);
  const answer = requiredText(record, 'target_response', faults);
  const history = withoutRepeatedQuestion(readHistory(record.conversation_history, faults), question);
  const told: Turn[] = [
    ...(system === null ? [] : [plainTurn('system', system, '/system_prompt')]),
    ...history,
    plainTurn('user', question, '/current_user_input'),
    plainTurn('assistant', answer, '/target_response'),
  ];
  const turns = fixDialogue(told, fixes);
  if (!faults.some(({ severity }) => severity === 'error')) checkDialogue(turns, faults);
  return conclude(
    {
      conversationId: context?.conversationId ?? textOf(record.conversation_id),
      content: chatContent(trainedMessages(turns, 'final')),
      scaffolding: filled({ ...ownScaffolding(record), ...context?.scaffolding }),
      qualityScore: qualityScoreOf(record),
    },
    faults,
  );
}

function readHistory(value: unknown, faults: Fault[]): Turn[] {
  if (isJsonList(value)) {
    return value.flatMap(
      (item, index) => readTurn(item, `/conversation_history/${String(index)}`, faults) ?? [],
    );
  }
  const isMissing = value === undefined || value === null;
  faults.push(
    failure(isMissing ? 'missing_field' : 'invalid_type', {
      path: '/conversation_history',
      error: isMissing
        ? 'The field “conversation_history” is missing, so the turns before the question are unknown.'
        : `The field “conversation_history” is ${kindOf(value)}, not a list.`,
      suggestion: 'Write the earlier turns as a list; an empty list for the first question.',
    }),
  );
  return [];
}

/** In real files the last item of the history repeats the question (rule 2). */
function withoutRepeatedQuestion(history: readonly Turn[], question: string): readonly Turn[] {
  const last = history.at(-1)?.message;
  const repeats = last?.role === 'user' && last.content.trim() === question.trim();
  return repeats ? history.slice(0, -1) : history;
}

function ownScaffolding(record: JsonObject): Scaffolding {
  const metadata = isJsonObject(record.conversation_metadata) ? record.conversation_metadata : {};
  return scaffoldingOf({
    persona: textOf(metadata.persona_archetype) ?? textOf(metadata.client_persona),
    arc: textOf(metadata.emotional_arc_key) ?? textOf(metadata.emotional_arc),
    topic: textOf(metadata.training_topic_key) ?? textOf(metadata.training_topic),
  });
}

function filled(scaffolding: Scaffolding): Scaffolding | null {
  return Object.keys(scaffolding).length === 0 ? null : scaffolding;
}

/** The pair's own score; one that is not between 1 and 5 counts as none. */
function qualityScoreOf(record: JsonObject): number | undefined {
  const metadata = isJsonObject(record.training_metadata) ? record.training_metadata : {};
  return QualityScore.safeParse(metadata.quality_score).data;
}
