import { open } from 'node:fs/promises';

export type ContentType =
  'application/json' | 'application/x-jsonlines' | 'application/octet-stream' | 'application/x-tar';

const SNIFFED_BYTES = 65_536;
const SAFETENSORS_PREFIX = 8;
const TAR_MAGIC_AT = 257;

const isTar = (head: Buffer): boolean => head.toString('latin1', TAR_MAGIC_AT, TAR_MAGIC_AT + 5) === 'ustar';

/** Eight bytes of header length, then a JSON object of that length inside the file. */
const isSafetensors = (head: Buffer, sizeBytes: number): boolean => {
  if (head.length <= SAFETENSORS_PREFIX || head[SAFETENSORS_PREFIX] !== 0x7b) return false;
  const headerBytes = head.readBigUInt64LE(0);
  return headerBytes > 1n && headerBytes <= BigInt(sizeBytes - SAFETENSORS_PREFIX);
};

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

/**
 * What a file is by its own bytes, never by its name; `null` for anything that is not kept, as pickles,
 * which run code when they are read.
 */
export const contentTypeOf = async (path: string): Promise<ContentType | null> => {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SNIFFED_BYTES), 0, SNIFFED_BYTES, 0);
    const head = buffer.subarray(0, bytesRead);
    if (isSafetensors(head, size)) return 'application/octet-stream';
    if (isTar(head)) return 'application/x-tar';
    return jsonTypeOf(head, bytesRead === size);
  } finally {
    await file.close();
  }
};
