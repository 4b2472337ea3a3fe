import { DocumentScanner } from './document-scanner';
import { faultInCut } from './place-in-value';
import type { CutValue, StructureFault, Wanted } from './document-parts';
import { pointerToken } from './json-guard';
import { MAX_LINE_BYTES } from './limits';
import type { Container, RawRecord } from './raw-record';
import { expandConversation } from './read-conversations';

type DocumentContainer = Extract<Container, { kind: 'array' | 'list' | 'conversations' | 'pairs' }>;

/** Batches of the records of a document; `faults` receives those of its structure. */
export async function* readDocumentRecords(
  chunks: AsyncIterable<Buffer>,
  container: DocumentContainer,
  faults: StructureFault[],
): AsyncGenerator<readonly RawRecord[]> {
  const wanted = wantedBy(container);
  // What is no record is looked at, too: a fault there spoils the document just the same.
  const scanner = new DocumentScanner(() => true);
  const toRecords = (cuts: readonly CutValue[]) =>
    cuts.flatMap((cut) =>
      wanted(cut.key, cut.index) ? recordsOf(cut, container, faults) : nothingOf(cut, faults),
    );
  let told = 0;
  const tell = () => {
    faults.push(...scanner.faults.slice(told));
    told = scanner.faults.length;
  };
  for await (const chunk of chunks) {
    const records = toRecords(scanner.push(chunk));
    tell();
    yield records;
  }
  yield toRecords(scanner.end());
  tell();
}

function wantedBy(container: DocumentContainer): Wanted {
  const wantedKey = container.kind === 'array' ? null : container.key;
  return (key, index) => key === wantedKey && index !== null;
}

function nothingOf(cut: CutValue, faults: StructureFault[]): [] {
  const fault = faultInCut(cut);
  if (fault !== null) faults.push(fault);
  return [];
}

function recordsOf(cut: CutValue, container: DocumentContainer, faults: StructureFault[]): RawRecord[] {
  const position = cut.index ?? 0;
  const record: RawRecord = {
    line: cut.line,
    column: cut.column,
    pointer: cut.key === null ? `/${String(position)}` : `/${pointerToken(cut.key)}/${String(position)}`,
    bytes: cut.bytes ?? Buffer.alloc(0),
    tooLong: cut.tooLong,
    outerDepth: cut.key === null ? 1 : 2,
    context: container.kind === 'pairs' ? container.context : null,
  };
  return container.kind === 'conversations' ? expandConversation(record, { position, faults }) : [record];
}

const LF = 0x0a;
const LAST_SPACE = 0x20;

/** A whole file that is one record; it begins at its first filled line. */
export async function* readBareRecord(chunks: AsyncIterable<Buffer>): AsyncGenerator<readonly RawRecord[]> {
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of chunks) {
    sizeBytes += chunk.length;
    if (sizeBytes <= MAX_LINE_BYTES) pieces.push(chunk);
  }
  const bytes = Buffer.concat(pieces);
  const start = Math.max(
    0,
    bytes.findIndex((byte) => byte > LAST_SPACE),
  );
  const line = 1 + bytes.subarray(0, start).filter((byte) => byte === LF).length;
  const tooLong = sizeBytes > MAX_LINE_BYTES;
  yield [
    { line, column: 1, pointer: '', bytes: bytes.subarray(start), tooLong, outerDepth: 0, context: null },
  ];
}
