import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import { BrokenArchive } from './broken-archive';
import { cut, inPieces, throughStream } from './through-stream';
import { ZstdFrames, beginsZstd } from './zstd-frames';

export type Archive = 'gzip' | 'zstd';

/** By its first bytes; null for what is no archive of one file. */
export function archiveOf(head: Buffer): Archive | null {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  return beginsZstd(head) ? 'zstd' : null;
}

/** Unpacked chunks. Throws `BrokenArchive` after all that could be unpacked. */
export async function* unpack(openChunks: OpenChunks, archive: Archive): AsyncGenerator<Buffer> {
  yield* archive === 'zstd' ? unzstd(openChunks()) : gunzip(openChunks);
}

/** The archive from its beginning; what is damaged is gone through a second time. */
type OpenChunks = () => AsyncIterable<Buffer>;

/**
 * Node keeps nothing of a step that fails: of a damaged archive, the part where the damage lies is gone
 * through again in smaller and smaller steps.
 */
async function* gunzip(openChunks: OpenChunks): AsyncGenerator<Buffer> {
  const done: Done = { inputBytes: 0, outputBytes: 0 };
  for (const stepBytes of GZIP_STEPS)
    try {
      yield* inflateFurther(openChunks(), done, stepBytes);
      return;
    } catch (error) {
      if (!isZlibFailure(error)) throw error;
      // Cut off: nothing failed before the end, and nothing is behind it.
      if (error.code === 'Z_BUF_ERROR') break;
    }
  throw BrokenArchive.damaged();
}

/** What was taken whole, and what came of it. */
interface Done {
  inputBytes: number;
  outputBytes: number;
}

async function* inflateFurther(
  chunks: AsyncIterable<Buffer>,
  done: Done,
  stepBytes: number,
): AsyncGenerator<Buffer> {
  let known = done.outputBytes;
  const steps = stepsFrom(chunks, done, stepBytes);
  for await (const made of throughStream<Buffer>(steps, createGunzip({ chunkSize: OUTPUT_BYTES })))
    for (const out of made) {
      const fresh = out.subarray(known);
      known -= out.length - fresh.length;
      done.outputBytes += fresh.length;
      if (fresh.length > 0) yield fresh;
    }
}

async function* stepsFrom(
  chunks: AsyncIterable<Buffer>,
  done: Done,
  stepBytes: number,
): AsyncGenerator<Buffer> {
  let known = done.inputBytes;
  for await (const chunk of chunks) {
    const whole = chunk.subarray(0, known);
    known -= whole.length;
    if (whole.length > 0) yield whole;
    for (const step of cut(chunk.subarray(whole.length), stepBytes)) {
      yield step;
      done.inputBytes += step.length;
    }
  }
}

function isZlibFailure(error: unknown): error is Error & { readonly code: string } {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_')
  );
}

const GZIP_STEPS = [16 * 1024, 128, 1] as const;
const OUTPUT_BYTES = 64 * 1024;
const MIB = 1024 * 1024;
/** The library moves all of its window for each block: a larger one takes minutes, and much memory. */
const MAX_WINDOW_BYTES = 32 * MIB;
/** Four bytes may stand for a block of 128 KiB, and what comes of a piece is held until it is taken. */
const ZSTD_PIECE = 256;

const tooWide = (): BrokenArchive =>
  new BrokenArchive(
    `the archive was packed with a window of more than ${String(MAX_WINDOW_BYTES / MIB)} MiB, which takes more memory than is safe`,
    'Unpack it with “zstd -d --long=31” and import the file inside, or pack it again without --long and --ultra.',
  );

/** By a library, because node's own decoder stops after the first of several frames. */
async function* unzstd(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let made: Buffer[] = [];
  const decoder = new Decompress((out) => {
    if (out.length > 0) made.push(Buffer.from(out));
  });
  const push = (piece: Buffer, isLast: boolean) => {
    try {
      decoder.push(piece, isLast);
      return null;
    } catch {
      return BrokenArchive.damaged();
    }
  };
  const frames = new ZstdFrames(MAX_WINDOW_BYTES);
  for await (const piece of inPieces(chunks, ZSTD_PIECE)) {
    const wideAt = frames.push(piece);
    const fault = wideAt === null ? push(piece, false) : push(piece.subarray(0, wideAt), true);
    yield* made;
    made = [];
    if (wideAt !== null) throw tooWide();
    if (fault !== null) throw fault;
  }
  const fault = push(Buffer.alloc(0), true);
  yield* made;
  if (fault !== null) throw fault;
}
