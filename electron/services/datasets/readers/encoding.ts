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
  const decoder = encoding.name === 'utf-8' ? null : new TextDecoder(encoding.name, { ignoreBOM: true });
  let toDrop = encoding.bomBytes;
  for await (const chunk of chunks) {
    const bytes = chunk.subarray(toDrop);
    toDrop -= chunk.length - bytes.length;
    yield decoder === null ? bytes : Buffer.from(decoder.decode(bytes, { stream: true }), 'utf8');
  }
  const rest = decoder?.decode() ?? '';
  if (rest !== '') yield Buffer.from(rest, 'utf8');
}
