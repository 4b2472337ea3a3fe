import { join } from 'node:path';
import type { RecordContent, RecordOrigin } from '../../../../src/lib/types/dataset-records';
import { RECORDS_FILE, RECORDS_INDEX_FILE } from '../dataset-files';
import { HashSet } from './hash-index';
import { TextFile } from './text-file';

/** Bytes of one entry of `records.idx`: where a record begins, little-endian; the last entry is the end. */
export const INDEX_ENTRY_BYTES = 8;

export interface CanonicalFile {
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Writes `dataset.jsonl` and, beside it, `records.idx`. */
export class CanonicalWriter {
  duplicates = 0;
  private contents = new HashSet();
  private readonly records: TextFile;
  private readonly index: TextFile;

  private constructor(records: TextFile, index: TextFile) {
    this.records = records;
    this.index = index;
  }

  static async create(dir: string): Promise<CanonicalWriter> {
    return new CanonicalWriter(
      await TextFile.create(join(dir, RECORDS_FILE)),
      await TextFile.create(join(dir, RECORDS_INDEX_FILE)),
    );
  }

  add(origin: RecordOrigin, recordContent: RecordContent): void {
    this.index.write(indexEntry(this.records.sizeBytes));
    const content = JSON.stringify(recordContent);
    if (!this.contents.add(content)) this.duplicates += 1;
    this.records.write(`${JSON.stringify(origin).slice(0, -1)},`);
    this.records.write(content.slice(1));
    this.records.write('\n');
  }

  async drain(): Promise<void> {
    await this.records.drain();
    await this.index.drain();
  }

  async finish(): Promise<CanonicalFile> {
    this.index.write(indexEntry(this.records.sizeBytes));
    await this.index.finish();
    this.contents = new HashSet();
    return { sha256: await this.records.finish(), sizeBytes: this.records.sizeBytes };
  }

  async abandon(): Promise<void> {
    await Promise.all([this.records.abandon(), this.index.abandon()]);
  }
}

function indexEntry(offset: number): Buffer {
  const entry = Buffer.alloc(INDEX_ENTRY_BYTES);
  entry.writeUIntLE(offset, 0, 6);
  return entry;
}
