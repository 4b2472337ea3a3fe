import type { CanonicalMessage, ToolCall } from '../../../../src/lib/types/dataset-records';
import { isBlank, isJsonObject, textOf } from '../readers/json-object';
import type { JsonObject } from '../readers/json-object';
import { contentOf } from './content';
import { failure, kindOf } from './conversion';
import type { Fault } from './conversion';
import { checkMedia } from './media';
import { isCallRole, roleOf } from './roles';
import { toolCall, toolCallsOf, unwrapJson } from './tool-calls';

/** What the file calls the two fields of a turn: ShareGPT has names of its own. */
interface TurnFields {
  readonly role: 'role' | 'from';
  readonly content: 'content' | 'value';
}

/** A message and where it stands in its record. `isTrainable`: an answer that no mark in the file keeps from being trained. */
export interface Turn {
  readonly message: CanonicalMessage;
  readonly path: string;
  readonly fields: TurnFields;
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
  const fields = fieldsOf(raw);
  const rolePath = `${path}/${fields.role}`;
  const spelling = roleSpelling(raw, rolePath, faults);
  const role = spelling === null ? null : roleOf(spelling);
  if (spelling === null) return null;
  if (role === null) {
    faults.push(unknownRole(spelling, rolePath));
    return null;
  }
  const spoken = spokenTurn(raw, path, faults);
  const message = isCallRole(spelling) ? asCall(spoken, `${path}/${fields.content}`, faults) : spoken;
  const isTrainable = role === 'assistant' && !isLeftUntrained(raw);
  return { path, fields, message: { role, ...message, trained: false }, isTrainable };
}

/** OpenAI's `weight`, the marks of other tools, and our own `trained`. */
const TRAINING_MARKS = ['weight', 'train', 'loss', 'trained'] as const;
const NO: ReadonlySet<unknown> = new Set([0, false, '0', 'false']);

const isLeftUntrained = (turn: JsonObject): boolean => TRAINING_MARKS.some((mark) => NO.has(turn[mark]));

function fieldsOf(turn: JsonObject): TurnFields {
  const content = 'content' in turn || !('value' in turn) ? 'content' : 'value';
  const hasRole = turn.role !== undefined && turn.role !== null;
  const isFrom = !hasRole && ('from' in turn || (content === 'value' && !('role' in turn)));
  return { role: isFrom ? 'from' : 'role', content };
}

function roleSpelling(turn: JsonObject, path: string, faults: Fault[]): string | null {
  const value = turn.role ?? turn.from;
  if (typeof value === 'string' && value.trim() !== '') return value;
  const isMissing = value === undefined || value === null || value === '';
  faults.push(
    failure(isMissing ? 'missing_field' : 'invalid_type', {
      path,
      error: isMissing ? 'A turn has no role.' : `The role of a turn is ${kindOf(value)}, not a text.`,
      suggestion: 'Set it to system, user, assistant or tool.',
    }),
  );
  return null;
}

function unknownRole(spelling: string, path: string): Fault {
  return failure('role_order', {
    path,
    error: `The role “${spelling.slice(0, 40)}” is not known.`,
    suggestion: `Choose a role for it on the import page, or with ${roleFlag(spelling.trim())} on the command line; the usual names are system, user, assistant and tool.`,
  });
}

/** As it is typed in any shell; a name that is long or has signs that a shell reads stands for itself. */
function roleFlag(name: string): string {
  if (/^\w[\w-]{0,39}$/.test(name)) return `--role ${name}=user`;
  return /^[\p{L}\p{N}_][\p{L}\p{N}_ .-]{0,39}$/u.test(name) ? `--role "${name}=user"` : '--role name=user';
}

type SpokenTurn = Omit<CanonicalMessage, 'role' | 'trained'>;

function spokenTurn(turn: JsonObject, path: string, faults: Fault[]): SpokenTurn {
  const field = fieldsOf(turn).content;
  const content = contentOf(turn[field], `${path}/${field}`, faults);
  const calls = toolCallsOf(turn, path, faults);
  checkMedia(turn, path, faults);
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
  const fields = { role: 'role', content: 'content' } as const;
  return { path, fields, message: { role, content, trained: false }, isTrainable: role === 'assistant' };
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
      path,
      error: 'A function call is no JSON object with a name.',
      suggestion: 'Write it as {"name": …, "arguments": …}.',
    }),
  );
  return spoken;
}
