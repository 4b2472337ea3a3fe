import type { Transform } from 'node:stream';

/** A piece of input that can make no more than a few megabytes of output, however tightly it is packed. */
const PIECE_BYTES = 16 * 1024;

/**
 * What a transform makes of some chunks, in batches. What came out before a failure is yielded first;
 * an iterator over the stream would lose it.
 */
export async function* throughStream<Out>(
  chunks: AsyncIterable<Buffer>,
  stream: Transform,
): AsyncGenerator<Out[]> {
  let made: Out[] = [];
  let failure: Error | null = null;
  let isClosed = false;
  let wake: () => void = () => undefined;
  stream.once('close', () => {
    isClosed = true;
    wake();
  });
  /** Ends when what is asked of the stream is done, or never will be: of a stream that closes nobody is called. */
  const done = (ask: (onDone: () => void) => void) =>
    new Promise<void>((resolve) => {
      wake = resolve;
      if (isClosed) resolve();
      else ask(resolve);
    });
  const take = () => {
    const taken = made;
    made = [];
    return taken;
  };
  stream.on('data', (out: Out) => made.push(out));
  stream.on('error', (error) => {
    failure = error;
  });
  try {
    for await (const piece of inPieces(chunks, PIECE_BYTES)) {
      await done((onDone) => stream.write(piece, onDone));
      yield take();
      throwIf(failure);
    }
    await done((onDone) => stream.end(onDone));
    await done(() => undefined);
    yield take();
    throwIf(failure);
  } finally {
    stream.destroy();
  }
}

function throwIf(failure: Error | null): void {
  if (failure !== null) throw failure;
}

export async function* inPieces(chunks: AsyncIterable<Buffer>, pieceBytes: number): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) yield* cut(chunk, pieceBytes);
}

export function* cut(chunk: Buffer, pieceBytes: number): Generator<Buffer> {
  for (let start = 0; start < chunk.length; start += pieceBytes)
    yield chunk.subarray(start, start + pieceBytes);
}
