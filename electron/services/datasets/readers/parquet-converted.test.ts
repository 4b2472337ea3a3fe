import { parquetMetadata } from 'hyparquet';
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { expect, it } from 'vitest';
import { converted } from './parquet-converted';
import type { ColumnDecoder } from './parquet-converted';
import { parquetSlices } from './parquet-slices';
import { plainValue } from './plain-value';

/** By pyarrow 26: decimals of 38, 6 and 40 digits, a day, instants in us, ms of UTC and ns, a time, numbers of a tool. */
const TYPED =
  'UEFSMRUAFUwVSCwVBBUAFQYVBhwAAAAotS/9ICbdAACYAgAAAAQBABAAAQAQAAAAAAAAAgMQAIkbdo0VABUYFSosFQQVABUGFQYcAAAAKLUv/SAMYQAAAgAAAAQBAAfP///OFQAVLhVALBUEFQAVBhUGHAAAACi1L/0gF7kAAAIAAAADAQAAAACb0wo8ZFlD3RaQoDoSFQAVHBUuLBUEFQAVBhUGHAAAACi1L/0gDnEAAAIAAAAEAVdHAAD/////FQAVLBU+LBUEFQAVBhUGHAAAACi1L/0gFrEAAAIAAAAEAYDVKHIfmwUAwb3w//////8VABUcFS4sFQQVABUGFQYcAAAAKLUv/SAOcQAAAgAAAAMBiMw1ZG8BAAAVABUsFT4sFQQVABUGFQYcAAAAKLUv/SAWsQAAAgAAAAQBFf+B79Xy5RX//////////xUAFSwVPiwVBBUAFQYVBhwAAAAotS/9IBaxAAACAAAABAHAeOjdAAAAAP9f1x0UAAAAFQAVOBVKLBUEFQAVBhUGHAAAACi1L/0gHOEAAAIAAAAEAAIAAAAEBAEAAAAAAAAQAgAAAAAAAAAVABU4FUosFQQVABUGFQYcAAAAKLUv/SAc4QAAAgAAAAQAAgAAAAQEAAAAAAAA8D8AAAAAAADgPxUEGew1ABgGc2NoZW1hFRIAFQ4VIBUCGAJpZCUKFQAVTCxcFQAVTAAAABUOFQYVAhgFcHJpY2UlChUEFQwsXBUEFQwAAAAVDhUiFQIYBHdpZGUlChUEFVAsXBUEFVAAAAAVAiUCGANkYXklDExsAAAAFQQlAhgFbG9jYWwlFEyMEhwsAAAAAAAVBCUCGAN1dGMlEkyMERwcAAAAAAAVBCUCGARuYW5vbIwSHDwAAAAAABUEJQIYBHRpbWVsfBIcLAAAAAAANQIYCnRvb2xfY2FsbHMVAhUGTDwAAAA1BBgEbGlzdBUCADUCGAdlbGVtZW50FQQAFQQlAhgBbgAVCiUCGAF4ABYEGRwZrCYAHBUOGSUGABkYAmlkFQwWBBZyFm4mCEkcFQAVABUCADwpBhkmAAQAAAAmABwVDhklBgAZGAVwcmljZRUMFgQWPhZQJnZJHBUAFQAVAgA8KQYZJgAEAAAAJgAcFQ4ZJQYAGRgEd2lkZRUMFgQWVBZmJsYBSRwVABUAFQIAPCkGGSYCAgAAACYAHBUCGSUGABkYA2RheRUMFgQWQhZUJqwCSRwVABUAFQIAPCkGGSYABAAAACYAHBUEGSUGABkYBWxvY2FsFQwWBBZSFmQmgANJHBUAFQAVAgA8KQYZJgAEAAAAJgAcFQQZJQYAGRgDdXRjFQwWBBZCFlQm5ANJHBUAFQAVAgA8KQYZJgICAAAAJgAcFQQZJQYAGRgEbmFubxUMFgQWUhZkJrgESRwVABUAFQIAPCkGGSYABAAAACYAHBUEGSUGABkYBHRpbWUVDBYEFlIWZCacBUkcFQAVABUCADwpBhkmAAQAAAAmABwVBBklBgAZSAp0b29sX2NhbGxzBGxpc3QHZWxlbWVudAFuFQwWBBZeFnAmgAZJHBUAFQAVAgA8KSYEABlWAAAAAAQAAAAmABwVChklBgAZSAp0b29sX2NhbGxzBGxpc3QHZWxlbWVudAF4FQwWBBZeFnAm8AZJHBUAFQAVAgA8KSYEABlWAAAAAAQAAAAWugYWBCYIFtgHACggcGFycXVldC1jcHAtYXJyb3cgdmVyc2lvbiAyNi4wLjEZrBwAABwAABwAABwAABwAABwAABwAABwAABwAABwAAABVAwAAUEFSMQ==';
/** The same instants in us, as Spark and Impala write them. */
const INT96 =
  'UEFSMRUAFTwVTiwVBBUAFQYVBhwAAAAotS/9IB7xAAACAAAABAEA/KikCwoAAOOEJQDoObRVlE4AAIs9JQAVBBksNQAYBnNjaGVtYRUCABUGJQIYBXN0YW1wABYEGRwZHCYAHBUGGSUGABkYBXN0YW1wFQwWBBZiFnQmCEkcFQAVABUCADwpBhkmAAQAAAAWYhYEJggWdAAoIHBhcnF1ZXQtY3BwLWFycm93IHZlcnNpb24gMjYuMC4xGRwcAAAAggAAAFBBUjE=';

async function rowsOf(base64: string): Promise<unknown> {
  const file = Uint8Array.from(Buffer.from(base64, 'base64')).buffer;
  const rows: unknown[] = [];
  for await (const { count, row } of parquetSlices(file, {
    metadata: parquetMetadata(file),
    maxRows: Infinity,
  }))
    for (let index = 0; index < count; index += 1) rows.push(plainValue(row(index)));
  return rows;
}

it('what a column is, its values stay to the last digit', async () => {
  const rows = await rowsOf(TYPED);
  expect(rows).toMatchObject([
    {
      id: '1152921504606846977',
      price: 19.99,
      wide: '123456789012345678901234567890.10',
      day: '2020-01-02',
      local: '2020-01-02T03:04:05.123456',
      utc: '2020-01-02T03:04:05Z',
      nano: '2020-01-02T03:04:05.123456789',
      time: '01:02:03',
    },
    {
      id: '1152921504606846978',
      price: -0.5,
      wide: null,
      day: '1969-12-31',
      local: '1969-12-31T23:59:59.000001',
      utc: null,
      nano: '1969-12-31T23:59:59.999999999',
      time: '23:59:59.999999',
    },
  ]);
  expect(JSON.stringify(rows)).toContain('"tool_calls":[{"n":1152921504606846977,"x":1.0}]');
  expect(JSON.stringify(rows)).toContain('"tool_calls":[{"n":2,"x":0.5}]');
  expect(await rowsOf(INT96)).toEqual([
    { stamp: '2020-01-02T03:04:05.123456000' },
    { stamp: '1969-12-31T23:59:59.000001000' },
  ]);
});

const stringFromBytes = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString('utf8');

const decoderOf = (element: Partial<ColumnDecoder['element']>): ColumnDecoder => ({
  pathInSchema: ['a'],
  type: 'BYTE_ARRAY',
  element: { name: 'a', ...element },
  schemaPath: [],
  codec: 'UNCOMPRESSED',
  parsers: { ...DEFAULT_PARSERS, stringFromBytes },
});

it('a text that is no JSON in a column of JSON stays a text', () => {
  const cells = ['{"a": [1]}', 'not json', '"x"'].map((text) => new Uint8Array(Buffer.from(text)));
  expect(converted(cells, decoderOf({ converted_type: 'JSON' }))).toEqual([{ a: [1] }, 'not json', 'x']);
});

it('what no calendar has is nothing, and a scale that makes no sense is refused', () => {
  expect(converted([1e9], decoderOf({ converted_type: 'DATE' }))).toEqual([null]);
  expect(converted([-1, 86_400_000], decoderOf({ converted_type: 'TIME_MILLIS' }))).toEqual([null, null]);
  const decimal = (scale: number) => decoderOf({ converted_type: 'DECIMAL', scale });
  expect(converted([5, -5], decimal(3))).toEqual([0.005, -0.005]);
  expect(() => converted([5], decimal(2_000_000_000))).toThrow('a scale that makes no sense');
});
