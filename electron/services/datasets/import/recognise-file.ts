import type { Container } from '../readers/raw-record';
import { archiveOf } from '../readers/unpack';
import type { Archive } from '../readers/unpack';
import { SourceFault } from './source-fault';

/** Something that is not read, and what it is. */
export interface OtherFile {
  readonly what: string;
  readonly suggestion: string;
}

const MAGIC: readonly (OtherFile & { readonly bytes: readonly number[] })[] = [
  {
    bytes: [0x50, 0x4b, 0x03, 0x04],
    what: 'a ZIP archive',
    suggestion: 'Unpack it and import the files inside.',
  },
  {
    bytes: [0x50, 0x41, 0x52, 0x31],
    what: 'a Parquet file inside an archive',
    suggestion: 'Unpack it and import the file inside.',
  },
];

const PARQUET = 'PAR1';

export function isParquet(head: Buffer): boolean {
  return head.toString('latin1', 0, PARQUET.length) === PARQUET;
}

const LFS_POINTER = 'version https://git-lfs.github.com/spec/';

/** By its first bytes; null for what may be a text. */
export function recogniseBytes(head: Buffer): OtherFile | null {
  if (head.toString('latin1').startsWith(LFS_POINTER)) throw SourceFault.lfsPointer();
  const archive = archiveOf(head);
  if (archive !== null) return archiveInside(archive);
  return MAGIC.find(({ bytes }) => bytes.every((byte, index) => head[index] === byte)) ?? null;
}

function archiveInside(archive: Archive): OtherFile {
  const name = archive === 'gzip' ? 'gzip' : 'Zstandard';
  return { what: `a ${name} archive inside an archive`, suggestion: 'Unpack it and import the file inside.' };
}

/** The file's name breaks the tie for plain text only (question 17); what an archive holds has its name without the last ending. */
export function textContainer(fileName: string, archive: Archive | null): Container | null {
  const name = archive === null ? fileName : fileName.replace(/\.(?:gz|gzip|zst|zstd)$/i, '');
  const ending = /\.(txt|md|markdown)$/i.exec(name)?.[1];
  return ending === undefined ? null : { kind: 'text', isMarkdown: ending.toLowerCase() !== 'txt' };
}
