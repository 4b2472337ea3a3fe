import { readPlain } from 'hyparquet/src/plain.js';
import { formatCount } from '../../../../src/lib/messages/format';
import { converted } from './parquet-converted';
import type { ColumnDecoder, Values } from './parquet-converted';

/** What the pages of a column chunk refer to by number. */
export interface PageDictionary {
  readonly at: (places: readonly number[]) => unknown[];
}

const MAX_VALUES = 2_000_000;
/** Each is held with all that is around it. */
const MAX_KNOWN = 65_536;

/** Made of its bytes as it is needed: as values all of it may be twenty times as long as they are. */
export function pageDictionary(bytes: Uint8Array, count: number, decoder: ColumnDecoder): PageDictionary {
  if (count > MAX_VALUES) throw new Error(`a dictionary has more than ${formatCount(MAX_VALUES)} values`);
  const written =
    decoder.type === 'BYTE_ARRAY' ? writtenTexts(bytes, count) : writtenOthers(bytes, count, decoder);
  const known = new Map<number, unknown>();
  const learn = (places: readonly number[]) => {
    if (known.size > MAX_KNOWN) known.clear();
    const missing = [...new Set(places.filter((place) => !known.has(place)))];
    if (missing.some((place) => place >= count))
      throw new Error('a page refers to more than its dictionary has');
    const values = converted(written(missing), decoder);
    for (const [index, place] of missing.entries()) known.set(place, values[index]);
  };
  const at = (places: readonly number[]) => {
    learn(places);
    return places.map((place) => known.get(place));
  };
  return { at };
}

type Written = (places: readonly number[]) => Values;

const LENGTH_BYTES = 4;

function writtenTexts(bytes: Uint8Array, count: number): Written {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const ends = new Uint32Array(count);
  let offset = 0;
  for (let place = 0; place < count; place += 1) {
    requireWithin(offset + LENGTH_BYTES, bytes);
    offset += LENGTH_BYTES + view.getUint32(offset, true);
    requireWithin(offset, bytes);
    ends[place] = offset;
  }
  const textAt = (place: number) =>
    bytes.subarray((place === 0 ? 0 : (ends[place - 1] ?? 0)) + LENGTH_BYTES, ends[place]);
  return (places) => places.map(textAt);
}

function writtenOthers(bytes: Uint8Array, count: number, { type, element }: ColumnDecoder): Written {
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  const all = readPlain(reader, type, count, element.type_length);
  requireWithin(reader.offset, bytes);
  return (places) => {
    // The library tells numbers from others by the kind of their list.
    const some = all.slice(0, places.length);
    for (const [index, place] of places.entries()) some[index] = all[place] as unknown;
    return some;
  };
}

function requireWithin(end: number, bytes: Uint8Array): void {
  if (end > bytes.length) throw new Error('a dictionary ends before its last value');
}
