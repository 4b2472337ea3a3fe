import type { DatasetShape } from '../../../../src/lib/types/dataset-records';
import type { Container } from '../readers/raw-record';
import { firstRecords } from './plan-container';
import type { OpenText } from './plan-container';
import { SourceFault } from './source-fault';

/** Something that is no JSON text, and what it is. */
export interface OtherFile {
  readonly shape: DatasetShape | null;
  readonly what: string;
  readonly suggestion: string;
}

const MAGIC: readonly (OtherFile & { readonly bytes: readonly number[] })[] = [
  {
    bytes: [0x1f, 0x8b],
    shape: null,
    what: 'a gzip archive',
    suggestion: 'Unpack it and import the file inside.',
  },
  {
    bytes: [0x28, 0xb5, 0x2f, 0xfd],
    shape: null,
    what: 'a Zstandard archive',
    suggestion: 'Unpack it and import the file inside.',
  },
  {
    bytes: [0x50, 0x4b, 0x03, 0x04],
    shape: null,
    what: 'a ZIP archive',
    suggestion: 'Unpack it and import the files inside.',
  },
  {
    bytes: [0x50, 0x41, 0x52, 0x31],
    shape: 'J',
    what: 'a Parquet table',
    suggestion: 'Export it as JSONL, a record a line.',
  },
];

const LFS_POINTER = 'version https://git-lfs.github.com/spec/';

/** By its first bytes; null for what may be a text. */
export function recogniseBytes(head: Buffer): OtherFile | null {
  if (head.toString('latin1').startsWith(LFS_POINTER)) throw SourceFault.lfsPointer();
  return MAGIC.find(({ bytes }) => bytes.every((byte, index) => head[index] === byte)) ?? null;
}

const TABLE_LINES = 5;
const DELIMITERS = [',', '\t', ';'] as const;

/** A text without JSON records. */
export async function recogniseText(openText: OpenText): Promise<OtherFile | null> {
  const lines = (await firstRecords(openText, TABLE_LINES)).map(({ bytes }) => bytes.toString('latin1'));
  if (lines.length > 1 && DELIMITERS.some((delimiter) => isTable(lines, delimiter))) {
    return { shape: 'J', what: 'a table', suggestion: 'Export it as JSONL, a record a line.' };
  }
  return null;
}

function isTable(lines: readonly string[], delimiter: string): boolean {
  const counts = new Set(lines.map((line) => line.split(delimiter).length));
  return counts.size === 1 && !counts.has(1);
}

/** The file's name breaks the tie for plain text only (question 17). */
export function textContainer(fileName: string): Container | null {
  const ending = /\.(txt|md|markdown)$/i.exec(fileName)?.[1];
  return ending === undefined ? null : { kind: 'text', isMarkdown: ending.toLowerCase() !== 'txt' };
}
