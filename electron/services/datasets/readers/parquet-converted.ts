import type { SchemaElement } from 'hyparquet';
import { convert } from 'hyparquet/src/convert.js';
import { isToolField, parserOf } from './exact-numbers';
import { isTooMuch } from './parse-json';
import { dateText, decimalText, instantText, timeText } from './parquet-texts';

export type ColumnDecoder = Parameters<typeof convert>[1];
export type Values = ReturnType<typeof convert>;
type Convert = (value: unknown) => unknown;

/**
 * What the values of a leaf are as JSON. The library makes floats of decimals and instants of dates, and ends
 * at the first text of a column of JSON that is none; here each stays what the file says.
 */
export function converted(values: Values, decoder: ColumnDecoder): Values {
  const exact = exactly(decoder);
  if (exact !== null) return Array.from(values, exact);
  const plain = convert(values, decoder);
  return decoder.pathInSchema.some(isToolField) ? Array.from(plain, spelled(decoder.type)) : plain;
}

type MakeConvert = (decoder: ColumnDecoder) => Convert;

const decimals: MakeConvert = ({ element }) => {
  return (value) => numberIfSame(decimalText(integerOf(value), element.scale ?? 0));
};
const instants: MakeConvert = ({ element }) => {
  return (value) => instantText(integerOf(value), digitsOf(element), zoneOf(element));
};
const times: MakeConvert = ({ element }) => {
  return (value) => timeText(integerOf(value), digitsOf(element));
};
const json: MakeConvert = ({ pathInSchema, parsers }) => {
  const parse = parserOf(pathInSchema.find(isToolField) ?? '');
  return (value) => (value instanceof Uint8Array ? jsonOf(parsers.stringFromBytes(value), parse) : value);
};

/** By the logical type, or else the older one, or else the physical one. */
const EXACT: ReadonlyMap<string | undefined, MakeConvert> = new Map([
  ['DECIMAL', decimals],
  ['DATE', () => (value: unknown) => dateText(Number(value))],
  ['TIMESTAMP', instants],
  ['TIMESTAMP_MILLIS', instants],
  ['TIMESTAMP_MICROS', instants],
  ['INT96', () => (value: unknown) => instantText(nanosecondsOf(integerOf(value)), DIGITS.NANOS, '')],
  ['TIME', times],
  ['TIME_MILLIS', times],
  ['TIME_MICROS', times],
  ['JSON', json],
]);

function exactly(decoder: ColumnDecoder): Convert | null {
  const { type, converted_type, logical_type } = decoder.element;
  return EXACT.get(logical_type?.type ?? converted_type ?? type)?.(decoder) ?? null;
}

/** What is no JSON, or too much of it, stays the text that it is: its record says what is wrong with it. */
function jsonOf(text: unknown, parse: (text: string) => unknown): unknown {
  if (typeof text !== 'string' || isTooMuch(text)) return text;
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

/** Of a tool, or a call of one: an integer may have any length, and 1.0 is no 1. */
function spelled(type: ColumnDecoder['type']): Convert {
  const isFloat = type === 'FLOAT' || type === 'DOUBLE';
  return (value) => {
    if (typeof value === 'bigint') return isSafe(value) ? Number(value) : JSON.rawJSON(String(value));
    return isFloat && Number.isSafeInteger(value) ? JSON.rawJSON(`${String(value)}.0`) : value;
  };
}

const isSafe = (value: bigint): boolean => Number.isSafeInteger(Number(value));

function numberIfSame(text: string): number | string {
  const number = Number(text);
  return String(number) === text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '') ? number : text;
}

const BITS = 8;

/** Of bytes as well: the first is the highest, and the first bit its sign. */
function integerOf(value: unknown): bigint {
  if (!(value instanceof Uint8Array)) return BigInt(value as number | bigint);
  const unsigned = value.length === 0 ? 0n : BigInt(`0x${Buffer.from(value).toString('hex')}`);
  return BigInt.asIntN(value.length * BITS, unsigned);
}

const DIGITS = { MILLIS: 3, MICROS: 6, NANOS: 9 } as const;

function digitsOf({ logical_type, converted_type }: SchemaElement): number {
  if (logical_type && 'unit' in logical_type) return DIGITS[logical_type.unit];
  return converted_type?.endsWith('MICROS') ? DIGITS.MICROS : DIGITS.MILLIS;
}

/** Before there were logical types every instant was of UTC. */
const zoneOf = ({ logical_type }: SchemaElement): string =>
  logical_type?.type === 'TIMESTAMP' && !logical_type.isAdjustedToUTC ? '' : 'Z';

const EPOCH_IN_JULIAN_DAYS = 2_440_588n;
const DAY_IN_NANOSECONDS = 86_400_000_000_000n;

/** Of a day and the time within it. */
function nanosecondsOf(value: bigint): bigint {
  const day = (value >> 64n) - EPOCH_IN_JULIAN_DAYS;
  return day * DAY_IN_NANOSECONDS + BigInt.asUintN(64, value);
}
