import type { SchemaElement } from 'hyparquet';
import { deltaBinaryUnpack, deltaByteArray, deltaLengthByteArray } from 'hyparquet/src/delta.js';
import { byteStreamSplit } from 'hyparquet/src/encoding.js';
import { formatBytes, formatCount } from '../../../../src/lib/messages/format';

type Values = ReturnType<typeof byteStreamSplit>;
type Reader = Parameters<typeof deltaBinaryUnpack>[0];

interface WholePage {
  readonly encoding: string;
  readonly count: number;
  readonly decoder: {
    readonly type: Parameters<typeof byteStreamSplit>[2];
    readonly element: SchemaElement;
  };
  readonly maxBytes: number;
}

/** A few bytes of differences may be any number of values, and each is held with all that is around it. */
const MAX_VALUES = 2_000_000;

/** All values of a page that says of each only how it differs from the one before. */
export function decodeWhole(reader: Reader, page: WholePage): Values {
  const { encoding, count, decoder } = page;
  if (count > MAX_VALUES)
    throw new Error(`a page has more than ${formatCount(MAX_VALUES)} values; write smaller pages`);
  if (count === 0) return [];
  switch (encoding) {
    case 'DELTA_BINARY_PACKED':
      return wholeNumbers(reader, page);
    case 'DELTA_LENGTH_BYTE_ARRAY':
      return byteArrays(count, (values) => deltaLengthByteArray(reader, count, values));
    case 'DELTA_BYTE_ARRAY':
      refuseLongTexts({ ...reader }, page);
      return byteArrays(count, (values) => deltaByteArray(reader, count, values));
    case 'BYTE_STREAM_SPLIT':
      return byteStreamSplit(reader, count, decoder.type, decoder.element.type_length);
    default:
      throw new Error(`the encoding ${encoding} is not read`);
  }
}

function wholeNumbers(reader: Reader, { count, decoder }: WholePage): Values {
  const values = decoder.type === 'INT32' ? new Int32Array(count) : new BigInt64Array(count);
  deltaBinaryUnpack(reader, count, values);
  return values;
}

function byteArrays(count: number, fill: (values: Uint8Array[]) => void): Uint8Array[] {
  const values = Array.from({ length: count }, () => NO_BYTES);
  fill(values);
  return values;
}

const NO_BYTES = new Uint8Array();

/** Each may repeat nearly all of the one before, and so be as long as all before it. */
function refuseLongTexts(reader: Reader, { count, maxBytes }: WholePage): void {
  let sizeBytes = 0;
  for (const part of ['beginnings', 'ends']) {
    const lengths = new Int32Array(count);
    deltaBinaryUnpack(reader, count, lengths);
    sizeBytes = lengths.reduce((sum, length) => sum + length, sizeBytes);
    if (lengths.some((length) => length < 0))
      throw new Error(`the lengths of the ${part} of texts are negative`);
  }
  if (sizeBytes > maxBytes)
    throw new Error(`the texts of a page are larger than ${formatBytes(maxBytes)}; write smaller pages`);
}
