/** How the bytes of a file become UTF-8. `bomBytes` are dropped from its start. */
export interface SourceEncoding {
  readonly name: string;
  readonly bomBytes: number;
}

const UTF8 = { name: 'utf-8', bomBytes: 0 } as const;

/** The encoding that a byte order mark names, else UTF-8. */
export function encodingOf(head: Buffer): SourceEncoding {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { name: 'utf-8', bomBytes: 3 };
  if (head[0] === 0xff && head[1] === 0xfe) return { name: 'utf-16le', bomBytes: 2 };
  if (head[0] === 0xfe && head[1] === 0xff) return { name: 'utf-16be', bomBytes: 2 };
  return UTF8;
}

/** An encoding that the user named; null when this runtime does not know it. */
export function namedEncoding(label: string, head: Buffer): SourceEncoding | null {
  try {
    const name = new TextDecoder(label).encoding;
    const marked = encodingOf(head);
    return { name, bomBytes: marked.name === name ? marked.bomBytes : 0 };
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Chunks of any encoding as chunks of UTF-8, without their byte order mark. */
export async function* toUtf8(
  chunks: AsyncIterable<Buffer>,
  encoding: SourceEncoding,
): AsyncGenerator<Buffer> {
  const decoder = decoderOf(encoding.name);
  let toDrop = encoding.bomBytes;
  for await (const chunk of chunks) {
    const bytes = chunk.subarray(toDrop);
    toDrop -= chunk.length - bytes.length;
    yield decoder === null ? bytes : decoder.decode(bytes);
  }
  const rest = decoder?.end();
  if (rest && rest.length > 0) yield rest;
}

interface Utf8Decoder {
  readonly decode: (bytes: Buffer) => Buffer;
  readonly end: () => Buffer;
}

function decoderOf(name: string): Utf8Decoder | null {
  if (name === 'utf-8') return null;
  if (name === 'utf-16le' || name === 'utf-16be') return new Utf16Decoder(name === 'utf-16be');
  const decoder = new TextDecoder(name, { ignoreBOM: true });
  return {
    decode: (bytes) => Buffer.from(decoder.decode(bytes, { stream: true }), 'utf8'),
    end: () => Buffer.from(decoder.decode(), 'utf8'),
  };
}

/** The system's would put U+FFFD for half a character; here it stays what no UTF-8 holds, and is refused as such. */
class Utf16Decoder {
  #held: Buffer = Buffer.alloc(0);
  readonly #isBigEndian: boolean;

  constructor(isBigEndian: boolean) {
    this.#isBigEndian = isBigEndian;
  }

  decode(chunk: Buffer): Buffer {
    const bytes = Buffer.concat([this.#held, chunk]);
    const whole = bytes.length - (bytes.length % 2);
    const end = whole > 0 && this.#isFirstHalf(bytes, whole - 2) ? whole - 2 : whole;
    this.#held = bytes.subarray(end);
    return this.#utf8Of(bytes.subarray(0, end));
  }

  end(): Buffer {
    const whole = this.#held.length - (this.#held.length % 2);
    return Buffer.concat([
      this.#utf8Of(this.#held.subarray(0, whole)),
      this.#held.subarray(whole).map(() => NO_UTF8),
    ]);
  }

  /** Whose other half may be in the next chunk. */
  #isFirstHalf(bytes: Buffer, at: number): boolean {
    const unit = this.#isBigEndian ? bytes.readUInt16BE(at) : bytes.readUInt16LE(at);
    return unit >= 0xd800 && unit < 0xdc00;
  }

  #utf8Of(units: Buffer): Buffer {
    const text = (this.#isBigEndian ? Buffer.from(units).swap16() : units).toString('utf16le');
    return text.isWellFormed() ? Buffer.from(text, 'utf8') : withHalves(text);
  }
}

const NO_UTF8 = 0xff;
const HALF = /([\ud800-\udfff])/u;

/** The halves as UTF-8 would write them if it could. */
function withHalves(text: string): Buffer {
  const parts = text
    .split(HALF)
    .map((part, index) => (index % 2 === 0 ? Buffer.from(part, 'utf8') : bytesOfHalf(part)));
  return Buffer.concat(parts);
}

function bytesOfHalf(half: string): Buffer {
  const unit = half.charCodeAt(0);
  return Buffer.from([0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f)]);
}
