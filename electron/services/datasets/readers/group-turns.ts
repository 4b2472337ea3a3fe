import { isJsonObject, textOf } from './json-object';
import type { JsonObject } from './json-object';
import type { RawRecord, TurnColumns } from './raw-record';

interface Row {
  readonly order: string | null;
  readonly turn: JsonObject;
}

interface OpenConversation {
  readonly first: RawRecord;
  readonly rows: Row[];
}

/** Held at most; beyond it conversations are written as far as they are known. */
const MAX_HELD_CHARACTERS = 32 * 1024 * 1024;

/** What could not be done as it was asked for. */
interface Shortfalls {
  readonly onSplit: () => void;
  /** A conversation has rows that no column puts in order; they stay as they are in the file. */
  readonly onDisorder: () => void;
}

/** Rows as conversations of form C, in the order in which they begin. Rows of one may lie apart. */
export async function* groupTurns(
  batches: AsyncIterable<readonly RawRecord[]>,
  columns: TurnColumns,
  { onSplit, onDisorder }: Shortfalls,
): AsyncGenerator<readonly RawRecord[]> {
  const open = new Map<string, OpenConversation>();
  let held = 0;
  const all = () => takeAll(open, columns.order === null ? () => undefined : onDisorder);
  for await (const batch of batches) {
    const others: RawRecord[] = [];
    for (const raw of batch) {
      const row = rowOf(raw);
      const id = row === null ? null : textOf(row[columns.conversation]);
      if (row === null || id === null) others.push(raw);
      else {
        held += (textOf(row[columns.content]) ?? '').length;
        add(open, id, { raw, row: turnOf(row, columns) });
      }
    }
    if (others.length > 0) yield others;
    if (held > MAX_HELD_CHARACTERS) {
      onSplit();
      held = 0;
      yield all();
    }
  }
  yield all();
}

function rowOf({ parsed }: RawRecord): JsonObject | null {
  return parsed?.kind === 'value' && isJsonObject(parsed.value) ? parsed.value : null;
}

function turnOf(row: JsonObject, { order, role, content }: TurnColumns): Row {
  return {
    order: order === null ? null : textOf(row[order]),
    turn: { role: row[role], content: row[content] },
  };
}

function add(
  open: Map<string, OpenConversation>,
  id: string,
  { raw, row }: { raw: RawRecord; row: Row },
): void {
  const known = open.get(id);
  if (known === undefined) open.set(id, { first: raw, rows: [row] });
  else known.rows.push(row);
}

function takeAll(open: Map<string, OpenConversation>, onDisorder: () => void): RawRecord[] {
  const records = [...open].map(([id, { first, rows }]) => {
    const sorted = inOrder(rows);
    if (sorted === null) onDisorder();
    const value = { conversation_id: id, turns: (sorted ?? rows).map(({ turn }) => turn) };
    return { ...first, parsed: { kind: 'value' as const, value } };
  });
  open.clear();
  return records;
}

/** By numbers or by times; null where they are neither, or not all of one kind. */
function inOrder(rows: readonly Row[]): readonly Row[] | null {
  if (rows.length < 2) return rows;
  const orders = rows.map(({ order }) => order?.trim() ?? '');
  const isOf = (kind: (order: string) => boolean) => orders.every((order) => order !== '' && kind(order));
  const placeOf = isOf(isNumber) ? Number : isOf(isTime) ? timeOf : null;
  if (placeOf === null) return null;
  const keyed = rows.map((row, index) => ({
    row,
    order: orders[index] ?? '',
    place: placeOf(orders[index] ?? ''),
  }));
  return keyed
    .toSorted((left, right) => left.place - right.place || finer(left.order, right.order))
    .map(({ row }) => row);
}

const isNumber = (order: string): boolean => Number.isFinite(Number(order));

const isTime = (order: string): boolean => !Number.isNaN(timeOf(order));

/** ISO 8601 and what databases make of it: other ways to write a day are read in different ways. */
const TIME = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?) ?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/** In ms; one without a zone is taken for UTC, where no hour comes twice. */
function timeOf(order: string): number {
  const [, day, time = '00:00', zone = 'Z'] = TIME.exec(order) ?? [];
  if (day === undefined) return Number.NaN;
  return Date.parse(`${day}T${time}${/^[+-]\d{2}$/.test(zone) ? `${zone}:00` : zone.toUpperCase()}`);
}

/** Of two that are the same to a float or a millisecond and may differ in their last digits. */
function finer(left: string, right: string): number {
  if (left === right || left.length !== right.length) return 0;
  return left < right === !left.startsWith('-') ? -1 : 1;
}
