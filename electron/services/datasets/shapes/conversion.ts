import { PROBLEM_TYPES } from '../../../../src/lib/types/dataset-records';
import type {
  CanonicalMessage,
  DatasetProblem,
  ProblemType,
  RecordContent,
  Scaffolding,
} from '../../../../src/lib/types/dataset-records';
import { messagesOf } from '../../../../src/lib/types/record-turns';
import type { SafeFix } from '../../../../src/lib/types/dataset-versions';
import { lostNumberIn } from '../readers/exact-numbers';
import { isWellFormed } from '../readers/json-guard';
import type { JsonObject } from '../readers/json-object';
import type { ConversationContext } from '../readers/raw-record';

/** A fault of one record; the importer adds its line and id. `path` is a JSON pointer inside the record. */
export type Fault = Pick<DatasetProblem, 'path' | 'type' | 'severity' | 'error' | 'suggestion'>;

/** A record ready to be trained on, without its place in the file. */
export interface DraftRecord {
  readonly conversationId: string | null;
  readonly content: RecordContent;
  readonly scaffolding: Scaffolding | null;
  /** Of forms A and B, where the pair says one. */
  readonly qualityScore?: number | undefined;
}

/** The content of a conversation; `tools` is left out where there are none. */
export function chatContent(
  messages: readonly CanonicalMessage[],
  tools: readonly unknown[] | null = null,
): RecordContent {
  return { messages: [...messages], ...toolsField(tools) };
}

export function toolsField(tools: readonly unknown[] | null): { tools?: unknown[] } {
  return tools === null ? {} : { tools: [...tools] };
}

export type Conversion =
  | { readonly kind: 'usable'; readonly draft: DraftRecord; readonly faults: readonly Fault[] }
  | { readonly kind: 'rejected'; readonly faults: readonly Fault[] }
  | { readonly kind: 'null_target' };

/** What a record does not say itself: the conversation that it stands in, and the fixes that were asked for. */
export interface ConversionSetting {
  readonly context: ConversationContext | null;
  readonly fixes: readonly SafeFix[];
}

export type Converter = (record: JsonObject, setting: ConversionSetting) => Conversion;

interface FaultText {
  readonly path: string | null;
  readonly error: string;
  readonly suggestion: string;
}

export function failure(type: ProblemType, text: FaultText): Fault {
  return { type, severity: 'error', ...text };
}

export function caution(type: ProblemType, text: FaultText): Fault {
  return { type, severity: 'warning', ...text };
}

/** A usable record, unless one of its faults is an error. */
export function conclude(draft: DraftRecord, faults: readonly Fault[]): Conversion {
  const sorted = inOrder([...faults, ...halfCharacters(draft.content), ...lostNumbers(draft.content)]);
  const isRejected = sorted.some((fault) => fault.severity === 'error');
  return isRejected ? { kind: 'rejected', faults: sorted } : { kind: 'usable', draft, faults: sorted };
}

/** The record itself was looked through as it was parsed, JSON that stands in its texts was not. */
function halfCharacters(content: RecordContent): Fault[] {
  if (isWellFormed(content)) return [];
  return [
    failure('encoding_error', {
      path: null,
      error:
        'JSON in one of its texts holds half of a surrogate pair (\\ud800–\\udfff), which is no character.',
      suggestion: 'Write the whole character, or remove the escape.',
    }),
  ];
}

function lostNumbers(content: RecordContent): Fault[] {
  const number = lostNumberIn(toolsIn(content));
  if (number === null) return [];
  const shown = number.length > SHOWN_DIGITS ? `${number.slice(0, SHOWN_DIGITS)}…` : number;
  return [
    failure('invalid_type', {
      path: null,
      error: `The number ${shown} in its tools is larger, smaller or more exact than the trainer can keep.`,
      suggestion: 'Write it with fewer digits, or as a text in quotes.',
    }),
  ];
}

const SHOWN_DIGITS = 40;

/** The tools and the calls of a record: most have none. */
function toolsIn(content: RecordContent): unknown[] {
  if ('text' in content) return [];
  const rejected = 'rejected' in content ? content.rejected : [];
  const calls = [...messagesOf(content), ...rejected].flatMap((message) => message.tool_calls ?? []);
  return [...calls, ...(content.tools ?? [])];
}

/** All faults of a record are listed; the first in the order of the types decides (question 14). */
function inOrder(faults: readonly Fault[]): Fault[] {
  const rank = (fault: Fault) => PROBLEM_TYPES.indexOf(fault.type);
  return faults.toSorted((left, right) => rank(left) - rank(right));
}

/** A text field that must be there and filled; the fault says which of the two it is not. */
export function requiredText(record: JsonObject, field: string, faults: Fault[]): string {
  const value = record[field];
  const path = `/${field}`;
  if (value === undefined || value === null) {
    faults.push(
      failure('missing_field', {
        path,
        error: `The field “${field}” is missing.`,
        suggestion: `Add “${field}” with its text.`,
      }),
    );
  } else if (typeof value !== 'string') {
    faults.push(
      failure('invalid_type', {
        path,
        error: `The field “${field}” is ${kindOf(value)}, not a text.`,
        suggestion: `Write “${field}” as a text in quotes.`,
      }),
    );
  } else if (value.trim() === '') {
    faults.push(
      failure('empty_value', {
        path,
        error: `The field “${field}” is empty.`,
        suggestion: `Fill “${field}”, or remove the record.`,
      }),
    );
  }
  return typeof value === 'string' ? value : '';
}

/** A text field that may be absent, null or blank: then it counts as not there. */
export function optionalText(record: JsonObject, field: string, faults: Fault[]): string | null {
  const value = record[field];
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return value.trim() === '' ? null : value;
  faults.push(
    failure('invalid_type', {
      path: `/${field}`,
      error: `The field “${field}” is ${kindOf(value)}, not a text.`,
      suggestion: `Write “${field}” as a text in quotes, or leave it out.`,
    }),
  );
  return null;
}

export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'string' ? 'a text' : `a ${typeof value}`;
}
