import type { CanonicalMessage, CanonicalRecord, ToolCall } from './types/dataset-records';
import type { RecordLine } from './types/dataset-versions';
import { spokenTurns } from './types/record-turns';

/**
 * All of a record that a run may take from it, in reading order: the text of each turn, and what stands beside it.
 * Two records that differ in it never have the same lines.
 */
export const recordLines = (record: CanonicalRecord): RecordLine[] => {
  if ('text' in record) return [...originLines(record), { name: 'text', content: record.text }];
  return [
    ...originLines(record),
    ...(record.tools ?? []).map((tool) => ({ name: 'tool list', content: JSON.stringify(tool) })),
    ...spokenTurns(record).flatMap(({ who, message }) => turnLines(who, message)),
  ];
};

/** What splits and evaluations go by. */
const originLines = ({ conversation_id, scaffolding, quality_score }: CanonicalRecord): RecordLine[] => [
  ...(conversation_id === undefined ? [] : [{ name: 'conversation', content: conversation_id }]),
  ...Object.entries(scaffolding ?? {}).map(([name, content]) => ({ name, content })),
  ...(quality_score === undefined ? [] : [{ name: 'quality', content: String(quality_score) }]),
];

const turnLines = (who: string, message: CanonicalMessage): RecordLine[] => {
  const { content, reasoning_content, tool_calls } = message;
  return [
    ...(reasoning_content === undefined ? [] : [{ name: `${who}: reasoning`, content: reasoning_content }]),
    { name: [who, ...notesOf(message)].join(', '), content },
    ...(tool_calls ?? []).map((call) => ({ name: `${who}: call`, content: callWords(call) })),
  ];
};

/** Of an answer it is said where it is not trained, of other turns where they are. */
const notesOf = ({ role, trained, name, tool_call_id }: CanonicalMessage): string[] => [
  ...(trained === (role === 'assistant') ? [] : [trained ? 'trained' : 'not trained']),
  ...(name === undefined ? [] : [`by ${name}`]),
  ...(tool_call_id === undefined ? [] : [`to ${tool_call_id}`]),
];

const callWords = ({ id, function: { name, arguments: given } }: ToolCall): string =>
  `${name} ${JSON.stringify(given)}${id === undefined ? '' : ` as ${id}`}`;
