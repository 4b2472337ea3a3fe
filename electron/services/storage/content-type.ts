import type { FileHandle } from 'node:fs/promises';

export type ContentType =
  | 'application/json'
  | 'application/x-jsonlines'
  | 'text/plain'
  | 'application/vnd.apache.parquet'
  | 'application/gzip'
  | 'application/zstd'
  | 'application/x-tar'
  /** Safetensors; nothing else that is only bytes is kept. */
  | 'application/octet-stream'
  /** Our own table of where the records of a file begin: 8 bytes each, from 0, little-endian. */
  | 'application/x-offsets'
  | 'inode/x-empty';

const SNIFFED_BYTES = 65_536;
const OFFSET_BYTES = 8;
const SAFETENSORS_PREFIX = 8;
const TAR_MAGIC_AT = 257;

const startsWith = (head: Buffer, ...bytes: readonly number[]): boolean =>
  bytes.every((byte, index) => head[index] === byte);

/** Eight bytes of header length, then a JSON object of that length inside the file. */
const isSafetensors = (head: Buffer, sizeBytes: number): boolean => {
  if (head.length <= SAFETENSORS_PREFIX || head[SAFETENSORS_PREFIX] !== 0x7b) return false;
  const headerBytes = head.readBigUInt64LE(0);
  return headerBytes > 1n && headerBytes <= BigInt(sizeBytes - SAFETENSORS_PREFIX);
};

const isOffsets = (head: Buffer, sizeBytes: number): boolean => {
  if (sizeBytes % OFFSET_BYTES !== 0 || head.length < 2 * OFFSET_BYTES) return false;
  if (head.readBigUInt64LE(0) !== 0n) return false;
  for (let at = OFFSET_BYTES; at + OFFSET_BYTES <= head.length; at += OFFSET_BYTES) {
    if (head.readBigUInt64LE(at) <= head.readBigUInt64LE(at - OFFSET_BYTES)) return false;
  }
  return true;
};

type Rule = readonly [ContentType | null, (head: Buffer, sizeBytes: number) => boolean];

/** By their marks, first hit wins; `null` for what must not pass as a text, whatever else it holds. */
const MARKS: readonly Rule[] = [
  ['inode/x-empty', (_head, sizeBytes) => sizeBytes === 0],
  ['application/octet-stream', isSafetensors],
  ['application/x-offsets', isOffsets],
  ['application/gzip', (head) => startsWith(head, 0x1f, 0x8b, 0x08)],
  ['application/zstd', (head) => startsWith(head, 0x28, 0xb5, 0x2f, 0xfd)],
  // A frame that is to be skipped: 0x50 to 0x5f begin one.
  [
    'application/zstd',
    (head) => ((head[0] ?? 0) & 0xf0) === 0x50 && startsWith(head.subarray(1), 0x2a, 0x4d, 0x18),
  ],
  ['application/vnd.apache.parquet', (head) => head.toString('latin1', 0, 4) === 'PAR1'],
  ['application/x-tar', (head) => head.toString('latin1', TAR_MAGIC_AT, TAR_MAGIC_AT + 5) === 'ustar'],
  // A pickle runs code when it is read, and torch packs it into a ZIP.
  [null, (head) => head[0] === 0x80 && (head[1] ?? 0) >= 2 && (head[1] ?? 0) <= 5],
  [null, (head) => head.toString('latin1', 0, 2) === 'PK'],
  [null, (head) => /^(\x7fELF|MZ|%PDF-|SQLite format 3)/.test(head.toString('latin1', 0, 16))],
];

const parses = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
};

/** Empty where the bytes are no UTF-8. */
const textOf = (head: Buffer, whole: boolean): string => {
  try {
    // The sniffed bytes may end inside a character, which is no fault.
    return new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: !whole });
  } catch (error) {
    if (error instanceof TypeError) return '';
    throw error;
  }
};

const jsonTypeOf = (head: Buffer, whole: boolean): ContentType | null => {
  const text = textOf(head, whole).trimStart();
  if (!/^[[{]/.test(text)) return null;
  const end = text.indexOf('\n');
  const line = end < 0 ? text : text.slice(0, end);
  // A first line that is cut off by the sniffing says no more than that it starts like JSON.
  if (end < 0 && !whole) return 'application/x-jsonlines';
  if (!parses(line)) return whole && !parses(text) ? null : 'application/json';
  return text.slice(line.length).trim() === '' ? 'application/json' : 'application/x-jsonlines';
};

const CONTROL_SHARE = 0.05;
const TAB_TO_RETURN = [0x09, 0x0d] as const;
const ESCAPE = 0x1b;

/**
 * A text in any encoding, which only the importer tells apart: the mark of UTF-16, or hardly a control
 * character among its bytes. Zeros in every other place are UTF-16 without its mark.
 */
const isText = (head: Buffer): boolean => {
  if (startsWith(head, 0xff, 0xfe) || startsWith(head, 0xfe, 0xff)) return true;
  const zeros = [0, 0];
  let controls = 0;
  for (const [at, byte] of head.entries()) {
    if (byte === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
    else if (byte < 0x20 && (byte < TAB_TO_RETURN[0] || byte > TAB_TO_RETURN[1]) && byte !== ESCAPE)
      controls += 1;
  }
  return controls + Math.min(...zeros) <= head.length * CONTROL_SHARE;
};

/**
 * What a file is by its own first bytes, never by its name; `null` for anything that is not kept, as
 * pickles, which run code when they are read.
 */
export const contentTypeOf = async (file: FileHandle, sizeBytes: number): Promise<ContentType | null> => {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(SNIFFED_BYTES), 0, SNIFFED_BYTES, 0);
  const head = buffer.subarray(0, bytesRead);
  const mark = MARKS.find(([, matches]) => matches(head, sizeBytes));
  if (mark !== undefined) return mark[0];
  return jsonTypeOf(head, bytesRead === sizeBytes) ?? (isText(head) ? 'text/plain' : null);
};
