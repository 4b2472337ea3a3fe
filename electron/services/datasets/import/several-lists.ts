import { isJsonList, isJsonObject } from '../readers/json-object';
import type { PassFindings } from './pass';

const MAX_NAMES = 10;

/** What to say of a document that has more than one list of records; null for any other. */
export function severalLists({ container, reader }: PassFindings) {
  const [sample = {}] = container.kind === 'bare' ? reader.tally.samples : [];
  const names = Object.keys(sample).filter((name) => isRecords(sample[name]));
  if (names.length < 2) return null;
  const quoted = names.slice(0, MAX_NAMES).map((name) => `“${name.slice(0, 60)}”`);
  return {
    error: `The document has ${String(names.length)} lists of records, and nothing says which is meant: ${quoted.join(', ')}.`,
    suggestion: 'Write each list into a file of its own, and import those that are to be trained.',
  };
}

const isRecords = (value: unknown): boolean =>
  isJsonList(value) && value.length > 0 && value.every(isJsonObject);
