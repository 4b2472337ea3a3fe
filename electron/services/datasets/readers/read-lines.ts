import { LineCutter } from './lines';
import type { SourceLine } from './lines';
import type { RawRecord } from './raw-record';

const TAB = 0x09;
const SPACE = 0x20;
const CR = 0x0d;

/** Batches of the filled lines of a file, a record each. */
export async function* readLineRecords(chunks: AsyncIterable<Buffer>): AsyncGenerator<readonly RawRecord[]> {
  const cutter = new LineCutter();
  for await (const chunk of chunks) yield toRecords(cutter.push(chunk));
  yield toRecords(cutter.end());
}

function toRecords(lines: readonly SourceLine[]): RawRecord[] {
  return lines
    .filter((line) => line.tooLong || isFilled(line.bytes))
    .map((line) => ({ ...line, column: 1, pointer: '', outerDepth: 0, context: null }));
}

function isFilled(bytes: Buffer): boolean {
  return bytes.some((byte) => byte !== SPACE && byte !== TAB && byte !== CR);
}
