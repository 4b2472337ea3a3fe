import * as zlib from 'node:zlib';
import { decompress as unzstd } from 'fzstd';
import type { AsyncBuffer, ColumnMetaData, Compressors, PageHeader } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { parquetHeader } from 'hyparquet/src/column.js';
import { decompressPage } from 'hyparquet/src/datapage.js';
import { snappyUncompress } from 'hyparquet/src/snappy.js';
import { formatBytes } from '../../../../src/lib/messages/format';

/** A page, and where its bytes lie in the file. */
export interface PlacedPage {
  readonly header: PageHeader;
  readonly start: number;
}

interface Chunk {
  readonly file: AsyncBuffer;
  readonly meta: ColumnMetaData;
  /** Of an unpacked page. */
  readonly maxPageBytes: number;
}

const FIRST_HEADER_BYTES = 256;
/** A header may quote the least and the greatest value of its page. */
const MAX_HEADER_BYTES = 16 * 1024 * 1024;
const GROWTH = 8;

/** The pages of one column in one group of rows, from header to header; none is held here. */
export class ChunkPages {
  private readonly chunk: Chunk;
  private readonly end: number;
  private at: number;

  constructor(chunk: Chunk) {
    const { file, meta } = chunk;
    this.chunk = chunk;
    this.at = Number(meta.dictionary_page_offset || meta.data_page_offset);
    this.end = this.at + Number(meta.total_compressed_size);
    if (!(this.at >= 0 && this.at <= this.end && this.end <= file.byteLength))
      throw new Error('a column lies outside the file');
  }

  async next(): Promise<PlacedPage | null> {
    // Some writers leave a byte.
    if (this.at >= this.end - 1) return null;
    const { header, sizeBytes } = await this.readHeader();
    const start = this.at + sizeBytes;
    this.requireSound(header, start);
    this.at = start + header.compressed_page_size;
    return { header, start };
  }

  async unpacked({ header, start }: PlacedPage): Promise<Uint8Array> {
    const packed = await this.read(start, start + header.compressed_page_size);
    const { data_page_header_v2: v2 } = header;
    if (v2 === undefined) return this.unpack(packed, header.uncompressed_page_size);
    const levelBytes = v2.repetition_levels_byte_length + v2.definition_levels_byte_length;
    if (v2.is_compressed === false) return packed;
    const values = this.unpack(packed.subarray(levelBytes), header.uncompressed_page_size - levelBytes);
    return Buffer.concat([packed.subarray(0, levelBytes), values]);
  }

  private unpack(packed: Uint8Array, sizeBytes: number): Uint8Array {
    if (sizeBytes === 0) return new Uint8Array();
    return decompressPage(packed, sizeBytes, this.chunk.meta.codec, boundedCompressors);
  }

  private async readHeader(): Promise<{ readonly header: PageHeader; readonly sizeBytes: number }> {
    for (let wanted = FIRST_HEADER_BYTES; ; wanted *= GROWTH) {
      const bytes = await this.read(this.at, Math.min(this.at + wanted, this.end));
      const reader = { view: new DataView(bytes.buffer), offset: 0 };
      try {
        return { header: parquetHeader(reader), sizeBytes: reader.offset };
      } catch (error) {
        if (wanted > bytes.length || wanted >= MAX_HEADER_BYTES) throw error;
      }
    }
  }

  private requireSound(header: PageHeader, start: number): void {
    const { maxPageBytes } = this.chunk;
    const { compressed_page_size, uncompressed_page_size, data_page_header_v2: v2 } = header;
    requireCounts([compressed_page_size, uncompressed_page_size, ...countsOf(header)]);
    if (start + compressed_page_size > this.end) throw new Error('a page ends beyond its column');
    if (uncompressed_page_size > maxPageBytes)
      throw new Error(`a page is larger than ${formatBytes(maxPageBytes)}; write smaller pages`);
    const levelBytes = v2 ? v2.repetition_levels_byte_length + v2.definition_levels_byte_length : 0;
    if (levelBytes > Math.min(compressed_page_size, uncompressed_page_size))
      throw new Error('the levels of a page are longer than the page');
  }

  private async read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(await this.chunk.file.slice(start, end));
    if (bytes.length !== end - start) throw new Error('the file ends in the middle of a page');
    return bytes;
  }
}

function countsOf({
  data_page_header,
  dictionary_page_header,
  data_page_header_v2: v2,
}: PageHeader): unknown[] {
  return [
    ...(data_page_header ? [data_page_header.num_values] : []),
    ...(dictionary_page_header ? [dictionary_page_header.num_values] : []),
    ...(v2 ? [v2.num_values, v2.repetition_levels_byte_length, v2.definition_levels_byte_length] : []),
  ];
}

function requireCounts(counts: readonly unknown[]): void {
  const isCount = (count: unknown) => typeof count === 'number' && count >= 0;
  if (!counts.every(isCount)) throw new Error('a page has a size that makes no sense');
}

/** All stop at the length that a page states, or write into no more. */
const boundedCompressors: Compressors = {
  ...compressors,
  SNAPPY: unsnapped,
  GZIP: (packed, length) => zlib.unzipSync(packed, inOnePiece(length)),
  BROTLI: (packed, length) => zlib.brotliDecompressSync(packed, inOnePiece(length)),
  ZSTD: unzstandard,
};

/** More than a page has: the system would begin another piece, and put the two together, of one that is full. */
const SPARE_BYTES = 64;

function inOnePiece(maxOutputLength: number) {
  return { maxOutputLength, chunkSize: maxOutputLength + SPARE_BYTES };
}

/** The library's own is the quicker, and keeps the memory of the largest page that it has seen. */
const KEPT_BYTES = 8 * 1024 * 1024;

function unsnapped(packed: Uint8Array, length: number): Uint8Array {
  if (length <= KEPT_BYTES && compressors.SNAPPY) return compressors.SNAPPY(packed, length);
  const page = new Uint8Array(length);
  snappyUncompress(packed, page);
  return page;
}

/** Where the runtime has it: that of the window has not yet. */
const byTheSystem: typeof zlib.zstdDecompressSync | undefined = Reflect.get(zlib, 'zstdDecompressSync');

/** The system's is the quicker by far, and ends after the first of several frames. */
function unzstandard(packed: Uint8Array, length: number): Uint8Array {
  const page = byTheSystem?.(packed, inOnePiece(length));
  return page?.length === length ? page : unzstd(packed, new Uint8Array(length));
}
