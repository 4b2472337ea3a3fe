import type { CanonicalMessage, ToolCall } from '../../../../src/lib/types/dataset-records';
import { isBlank, isJsonObject, textOf } from '../readers/json-object';
import type { JsonObject } from '../readers/json-object';
import { contentOf } from './content';
import { failure, kindOf } from './conversion';
import type { Fault } from './conversion';
import { isCallRole, roleOf } from './roles';
import { toolCall, toolCallsOf, unwrapJson } from './tool-calls';

/** A message and where it stands in its record. OpenAI's `weight: 0` says that a turn is not to be trained. */
export interface Turn {
  readonly message: CanonicalMessage;
  readonly path: string;
  readonly isTrainable: boolean;
}

/** One `{role, content}` of a record; null when its role is not known. Training is decided later. */
export function readTurn(raw: unknown, path: string, faults: Fault[]): Turn | null {
  if (!isJsonObject(raw)) {
    faults.push(
      failure('invalid_type', {
        path,
        error: `A turn is ${kindOf(raw)}, not an object.`,
        suggestion: 'Write each turn as {"role": …, "content": …}.',
      }),
    );
    return null;
  }
  const spelling = roleSpelling(raw, path, faults);
  const role = spelling === null ? null : roleOf(spelling);
  if (spelling === null) return null;
  if (role === null) {
    faults.push(unknownRole(spelling, path));
    return null;
  }
  const spoken = spokenTurn(raw, path, faults);
  const message = isCallRole(spelling) ? asCall(spoken, path, faults) : spoken;
  const isTrainable = role === 'assistant' && raw.weight !== 0;
  return { path, message: { role, ...message, trained: false }, isTrainable };
}

function roleSpelling(turn: JsonObject, path: string, faults: Fault[]): string | null {
  const value = turn.role ?? turn.from;
  if (typeof value === 'string' && value.trim() !== '') return value;
  const isMissing = value === undefined || value === null || value === '';
  faults.push(
    failure(isMissing ? 'missing_field' : 'invalid_type', {
      path: `${path}/role`,
      error: isMissing ? 'A turn has no role.' : `The role of a turn is ${kindOf(value)}, not a text.`,
      suggestion: 'Set it to system, user, assistant or tool.',
    }),
  );
  return null;
}

function unknownRole(spelling: string, path: string): Fault {
  const shown = JSON.stringify(spelling.slice(0, 40));
  return failure('role_order', {
    path: `${path}/role`,
    error: `The role ${shown} is not known.`,
    suggestion: 'Use system, user, assistant or tool.',
  });
}

type SpokenTurn = Omit<CanonicalMessage, 'role' | 'trained'>;

function spokenTurn(turn: JsonObject, path: string, faults: Fault[]): SpokenTurn {
  const field = 'content' in turn || !('value' in turn) ? 'content' : 'value';
  const content = contentOf(turn[field], `${path}/${field}`, faults);
  const calls = toolCallsOf(turn, path, faults);
  const reasoning = content.reasoning ?? textOf(turn.reasoning_content) ?? textOf(turn.reasoning);
  return {
    content: content.text,
    ...(reasoning !== null && { reasoning_content: reasoning }),
    ...(calls.length > 0 && { tool_calls: calls }),
    ...namesOf(turn),
  };
}

function namesOf(turn: JsonObject): Pick<CanonicalMessage, 'name' | 'tool_call_id'> {
  return {
    ...(typeof turn.name === 'string' && { name: turn.name }),
    ...(typeof turn.tool_call_id === 'string' && { tool_call_id: turn.tool_call_id }),
  };
}

/** Says nothing: neither a text nor a call. */
export function isEmptyTurn({ message }: Turn): boolean {
  return isBlank(message.content) && message.tool_calls === undefined;
}

/** A turn that the importer itself puts together. */
export function plainTurn(role: 'system' | 'user' | 'assistant', content: string, path: string): Turn {
  return { path, message: { role, content, trained: false }, isTrainable: role === 'assistant' };
}

/** A `function_call` turn says its call as JSON in its content. */
function asCall(spoken: SpokenTurn, path: string, faults: Fault[]): SpokenTurn {
  const parsed = unwrapJson(spoken.content);
  const calls = (Array.isArray(parsed) ? parsed : [parsed])
    .map(toolCall)
    .filter((call): call is ToolCall => call !== null);
  if (calls.length > 0) return { ...spoken, content: '', tool_calls: calls };
  faults.push(
    failure('invalid_type', {
      path: `${path}/content`,
      error: 'A function call is no JSON object with a name.',
      suggestion: 'Write it as {"name": …, "arguments": …}.',
    }),
  );
  return spoken;
}
