import type { ToolCall } from '../../../../src/lib/types/dataset-records';
import { isJsonList, isJsonObject, isBlank } from '../readers/json-object';
import { parseAsWritten } from '../readers/exact-numbers';
import { isTooMuch } from '../readers/parse-json';
import type { JsonObject } from '../readers/json-object';
import { failure } from './conversion';
import type { Fault } from './conversion';

/** JSON of tools inside a text, else the value as it is. */
export function unwrapJson(value: unknown, parse = parseAsWritten): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value) || isTooMuch(value)) return value;
  try {
    return parse(value);
  } catch (error) {
    if (error instanceof SyntaxError) return value;
    throw error;
  }
}

/** The tool calls of a turn: `tool_calls`, or the old `function_call`. */
export function toolCallsOf(turn: JsonObject, path: string, faults: Fault[]): ToolCall[] {
  const field = isBlank(turn.tool_calls) ? 'function_call' : 'tool_calls';
  const value = unwrapJson(turn[field]);
  if (isBlank(value)) return [];
  const items = isJsonList(value) ? value : [value];
  return items.flatMap((item, index) => {
    const call = toolCall(unwrapJson(item));
    if (call !== null) return [call];
    faults.push(noCall(isJsonList(value) ? `${path}/${field}/${String(index)}` : `${path}/${field}`));
    return [];
  });
}

/** A call in today's form `{id, type, function: {name, arguments}}` or flat `{name, arguments}`. */
export function toolCall(value: unknown): ToolCall | null {
  if (!isJsonObject(value)) return null;
  const called = isJsonObject(value.function) ? value.function : value;
  if (typeof called.name !== 'string' || called.name.trim() === '') return null;
  const call: ToolCall = {
    type: 'function',
    function: { name: called.name, arguments: unwrapJson(called.arguments ?? called.parameters ?? {}) },
  };
  return typeof value.id === 'string' ? { id: value.id, ...call } : call;
}

function noCall(path: string): Fault {
  return failure('invalid_type', {
    path,
    error: 'A tool call has no function name.',
    suggestion: 'Write it as {"function": {"name": …, "arguments": …}}.',
  });
}

/** The tools that a record offers: `tools`, or the old `functions`. */
export function toolsOf(record: JsonObject, faults: Fault[]): readonly unknown[] | null {
  const field = isBlank(record.tools) ? 'functions' : 'tools';
  const value = unwrapJson(record[field]);
  if (isBlank(value)) return null;
  if (!isJsonList(value)) {
    faults.push(
      failure('invalid_type', {
        path: `/${field}`,
        error: `“${field}” is not a list of tools.`,
        suggestion: 'Write the tools as a list of JSON objects.',
      }),
    );
    return null;
  }
  if (value.length === 0) return null;
  return field === 'tools' ? value : value.map((item) => ({ type: 'function', function: item }));
}
