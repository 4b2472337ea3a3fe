import { readPlain } from 'hyparquet/src/plain.js';
import { converted } from './parquet-converted';
import type { ColumnDecoder, Values } from './parquet-converted';
import type { PageDictionary } from './parquet-dictionary';
import { decodeWhole } from './parquet-deltas';
import { RunReader } from './parquet-runs';
import type { PageBytes } from './parquet-runs';

/** What the pages of a column chunk refer to by number; let go of and brought back as their bytes are. */
export interface Dictionary {
  values: PageDictionary | null;
}

export interface WrittenValues {
  readonly page: PageBytes;
  /** Where they begin among its bytes. */
  readonly start: number;
  readonly encoding: string;
  readonly decoder: ColumnDecoder;
  readonly dictionary: Dictionary;
  /** How many there are without the nulls; costs a look at all of the page. */
  readonly count: () => number;
  readonly maxBytes: number;
}

/** The values of a page, some after the other. */
export interface PageValues {
  readonly take: (count: number) => Values;
  /** Lets go of what can be made again. */
  readonly release?: () => void;
}

export function valuesOf(written: WrittenValues): PageValues {
  const { encoding, decoder } = written;
  if (encoding === 'PLAIN') return decoder.type === 'BOOLEAN' ? plainBooleans(written) : plainValues(written);
  if (encoding === 'RLE_DICTIONARY' || encoding === 'PLAIN_DICTIONARY') return dictionaryValues(written);
  if (encoding === 'RLE' && decoder.type === 'BOOLEAN') return runBooleans(written);
  return wholeValues(written);
}

function plainValues({ page, start, decoder }: WrittenValues): PageValues {
  let offset = start;
  const take = (count: number) => {
    const reader = { view: viewOf(page.bytes), offset };
    const values = readPlain(reader, decoder.type, count, decoder.element.type_length);
    ({ offset } = reader);
    // The library looks at what lies behind the page, too.
    if (offset > page.bytes.length) throw new Error('a page ends before its last value');
    return converted(values, decoder);
  };
  return { take };
}

function plainBooleans({ page, start }: WrittenValues): PageValues {
  let taken = 0;
  const next = () => {
    const byte = page.bytes[start + Math.floor(taken / 8)];
    if (byte === undefined) throw new Error('a page ends before its last value');
    const isTrue = ((byte >> (taken % 8)) & 1) === 1;
    taken += 1;
    return isTrue;
  };
  return { take: (count) => Array.from({ length: count }, next) };
}

function dictionaryValues({ page, start, dictionary }: WrittenValues): PageValues {
  const places = new RunReader({
    page,
    start: start + 1,
    end: page.bytes.length,
    width: page.bytes[start] ?? 0,
  });
  const take = (count: number) => {
    const { values } = dictionary;
    if (values === null) throw new Error('a page refers to a dictionary that its column has not');
    return values.at(places.take(count));
  };
  return { take };
}

const LENGTH_BYTES = 4;

function runBooleans({ page, start }: WrittenValues): PageValues {
  const runs = new RunReader({ page, start: start + LENGTH_BYTES, end: page.bytes.length, width: 1 });
  return { take: (count) => runs.take(count).map((bit) => bit === 1) };
}

/** Of encodings that only a look at the whole page can undo. */
function wholeValues(written: WrittenValues): PageValues {
  const { page, start, encoding, decoder, maxBytes } = written;
  const count = written.count();
  let decoded: Values | null = null;
  let taken = 0;
  const take = (wanted: number) => {
    const reader = { view: viewOf(page.bytes), offset: start };
    decoded ??= decodeWhole(reader, { encoding, count, decoder, maxBytes });
    const values = decoded.slice(taken, taken + wanted);
    taken += wanted;
    return converted(values, decoder);
  };
  const release = () => {
    decoded = null;
  };
  return { take, release };
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
