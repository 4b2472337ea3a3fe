import { isJsonObject, textOf } from './json-object';
import type { JsonObject } from './json-object';
import type { RawRecord, TurnColumns } from './raw-record';

interface Row {
  readonly order: unknown;
  readonly turn: JsonObject;
}

interface OpenConversation {
  readonly first: RawRecord;
  readonly rows: Row[];
}

/** Held at most; beyond it conversations are written as far as they are known. */
const MAX_HELD_CHARACTERS = 32 * 1024 * 1024;

/** Rows as conversations of form C, in the order in which they begin. Rows of one may lie apart. */
export async function* groupTurns(
  batches: AsyncIterable<readonly RawRecord[]>,
  columns: TurnColumns,
  onSplit: () => void,
): AsyncGenerator<readonly RawRecord[]> {
  const open = new Map<string, OpenConversation>();
  let held = 0;
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
      yield takeAll(open);
    }
  }
  yield takeAll(open);
}

function rowOf({ parsed }: RawRecord): JsonObject | null {
  return parsed?.kind === 'value' && isJsonObject(parsed.value) ? parsed.value : null;
}

function turnOf(row: JsonObject, { order, role, content }: TurnColumns): Row {
  return { order: order === null ? null : row[order], turn: { role: row[role], content: row[content] } };
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

function takeAll(open: Map<string, OpenConversation>): RawRecord[] {
  const records = [...open].map(([id, { first, rows }]) => conversationRecord(id, first, rows));
  open.clear();
  return records;
}

function conversationRecord(id: string, first: RawRecord, rows: readonly Row[]): RawRecord {
  const isOrdered = rows.every(({ order }) => textOf(order) !== null && Number.isFinite(Number(order)));
  const sorted = isOrdered ? rows.toSorted((left, right) => Number(left.order) - Number(right.order)) : rows;
  const value = { conversation_id: id, turns: sorted.map(({ turn }) => turn) };
  return { ...first, parsed: { kind: 'value', value } };
}
