import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

const BUFFER_BYTES = 1024 * 1024;
/** Enough for most files that are written; those that need more go on with large ones. */
const FIRST_BUFFER_BYTES = 16 * 1024;
/** Of UTF-8, for one unit of UTF-16. */
const MAX_BYTES_OF_UNIT = 3;

/** Writes text in large pieces and hashes it on the way. `write` only fills memory; `drain` writes. */
export class TextFile {
  private readonly hash = createHash('sha256');
  private readonly file: FileHandle;
  private buffer: Buffer = Buffer.allocUnsafeSlow(FIRST_BUFFER_BYTES);
  private filled = 0;
  private full: Buffer[] = [];
  /** Written buffers, used again: new ones would pile up until they are collected. */
  private readonly spare: Buffer[] = [];
  private written = 0;

  private constructor(file: FileHandle) {
    this.file = file;
  }

  /** A new file, or an old one emptied, that only its owner may read. */
  static async create(path: string): Promise<TextFile> {
    return new TextFile(await open(path, 'w', 0o600));
  }

  get sizeBytes(): number {
    return this.written;
  }

  /** A text is written where it belongs at once: of a long one a copy would be as long. */
  write(content: string | Buffer): void {
    const maxBytes = typeof content === 'string' ? content.length * MAX_BYTES_OF_UNIT : content.length;
    if (this.filled + maxBytes > this.buffer.length) this.setAside();
    if (maxBytes > this.buffer.length) this.writeWhole(content);
    else this.fill(content);
  }

  private fill(content: string | Buffer): void {
    const bytes =
      typeof content === 'string'
        ? this.buffer.write(content, this.filled, 'utf8')
        : content.copy(this.buffer, this.filled);
    this.filled += bytes;
    this.written += bytes;
  }

  private writeWhole(content: string | Buffer): void {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
    this.full.push(bytes);
    this.written += bytes.length;
  }

  private setAside(): void {
    this.endBuffer();
    this.buffer = this.spare.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES);
    this.filled = 0;
  }

  private endBuffer(): void {
    this.full.push(this.buffer.subarray(0, this.filled));
  }

  async drain(): Promise<void> {
    const full = this.full;
    this.full = [];
    for (const bytes of full) {
      this.hash.update(bytes);
      await this.file.writeFile(bytes);
      if (bytes.buffer.byteLength === BUFFER_BYTES) this.spare.push(Buffer.from(bytes.buffer));
    }
  }

  /** Everything on the disk; answers the SHA-256 of the file. */
  async finish(): Promise<string> {
    this.endBuffer();
    await this.drain();
    await this.file.sync();
    await this.file.close();
    return this.hash.digest('hex');
  }

  /** Ends an unfinished file; what it holds is of no more use. */
  async abandon(): Promise<void> {
    await this.file.close();
  }
}
