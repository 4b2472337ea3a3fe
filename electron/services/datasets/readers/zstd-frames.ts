const ZSTD_MAGIC = 0xfd2fb528;
/** Of the last four bits any value. */
const SKIPPABLE_MAGIC = 0x184d2a50;

const MAGIC_BYTES = 4;
const SKIPPABLE_HEADER_BYTES = 8;
const BLOCK_HEADER_BYTES = 3;
const CHECKSUM_BYTES = 4;
const DESCRIPTOR_AT = 5;
const REPEATED = 1;

/** Whether bytes begin as an archive may: with a frame, or with one that is to be skipped. */
export function beginsZstd(head: Buffer): boolean {
  return head.length >= MAGIC_BYTES && (isFrame(head) || isSkippable(head));
}

/**
 * Follows an archive from frame to frame by the sizes in its headers (RFC 8878), however its bytes are cut,
 * and tells of the first frame whose window is larger than the limit.
 */
export class ZstdFrames {
  readonly #maxWindowBytes: number;
  #header = Buffer.alloc(0);
  #payloadBytes = 0;
  #isInFrame = false;
  #checksumBytes = 0;
  /** What begins no frame is none; the decoder says so. */
  #isLost = false;

  constructor(maxWindowBytes: number) {
    this.#maxWindowBytes = maxWindowBytes;
  }

  /** Where such a frame begins in these bytes, 0 where it began before them; null where there is none. */
  push(bytes: Buffer): number | null {
    for (let at = 0; at < bytes.length && !this.#isLost;) {
      const passed = Math.min(this.#payloadBytes, bytes.length - at);
      this.#payloadBytes -= passed;
      at += passed;
      const missing = this.#headerBytes() - this.#header.length;
      const read = bytes.subarray(at, at + missing);
      this.#header = Buffer.concat([this.#header, read]);
      at += read.length;
      if (this.#header.length < this.#headerBytes()) continue;
      if (this.#isTooWide()) return Math.max(0, at - this.#header.length);
      this.#enter();
    }
    return null;
  }

  /** As far as the bytes of the header that are there tell. */
  #headerBytes(): number {
    const header = this.#header;
    if (this.#isInFrame) return BLOCK_HEADER_BYTES;
    if (header.length < MAGIC_BYTES) return MAGIC_BYTES;
    if (isSkippable(header)) return SKIPPABLE_HEADER_BYTES;
    if (!isFrame(header)) return MAGIC_BYTES;
    return header.length === MAGIC_BYTES ? DESCRIPTOR_AT : fieldsOf(header).endsAt;
  }

  #isTooWide(): boolean {
    return !this.#isInFrame && isFrame(this.#header) && windowBytes(this.#header) > this.#maxWindowBytes;
  }

  #enter(): void {
    const header = this.#header;
    this.#header = Buffer.alloc(0);
    if (this.#isInFrame) this.#enterBlock(header.readUIntLE(0, BLOCK_HEADER_BYTES));
    else if (isSkippable(header)) this.#payloadBytes = header.readUInt32LE(MAGIC_BYTES);
    else if (isFrame(header)) {
      this.#isInFrame = true;
      this.#checksumBytes = fieldsOf(header).hasChecksum ? CHECKSUM_BYTES : 0;
    } else this.#isLost = true;
  }

  #enterBlock(header: number): void {
    const size = header >> 3;
    this.#payloadBytes = ((header >> 1) & 3) === REPEATED ? 1 : size;
    if ((header & 1) === 0) return;
    this.#isInFrame = false;
    this.#payloadBytes += this.#checksumBytes;
  }
}

const isFrame = (header: Buffer): boolean => header.readUInt32LE(0) === ZSTD_MAGIC;

const isSkippable = (header: Buffer): boolean =>
  header.readUInt32LE(0) - (header.readUInt32LE(0) % 16) === SKIPPABLE_MAGIC;

const fieldsOf = (header: Buffer) => {
  const flags = header[MAGIC_BYTES] ?? 0;
  const isOneSegment = (flags & 0x20) !== 0;
  const dictionaryAt = DESCRIPTOR_AT + (isOneSegment ? 0 : 1);
  const contentAt = dictionaryAt + ([0, 1, 2, 4][flags & 3] ?? 0);
  const contentBytes = flags >> 6 === 0 && !isOneSegment ? 0 : 2 ** (flags >> 6);
  return { isOneSegment, hasChecksum: (flags & 4) !== 0, contentAt, endsAt: contentAt + contentBytes };
};

/** Written small, or the whole content where the frame is one segment. */
const windowBytes = (header: Buffer): number => {
  const { isOneSegment, contentAt, endsAt } = fieldsOf(header);
  if (isOneSegment)
    return [...header.subarray(contentAt, endsAt)].reduce(
      (size, byte, index) => size + byte * 2 ** (8 * index),
      0,
    );
  const descriptor = header[DESCRIPTOR_AT] ?? 0;
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
};
