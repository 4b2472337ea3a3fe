import type { SourceMember, SourceMetadata } from '../../../src/lib/types/dataset-metadata';
import type { CutValue } from './readers/document-parts';
import { DocumentScanner } from './readers/document-scanner';
import { isJsonObject } from './readers/json-object';
import { MAX_LINE_BYTES } from './readers/limits';
import { LineCutter } from './readers/lines';
import { openSource } from './readers/open-source';
import type { SourceText } from './readers/open-source';
import { detectShape } from './shapes/detect-shape';
import { parseJson } from './readers/parse-json';

/** What a document says of itself stands before its records, or soon after few of them. */
const MOST_BYTES = 64 * 1024 * 1024;
const MOST_MEMBERS = 50;
const SHOWN_BYTES = 64 * 1024;

/** How a source is written, and what it says of itself beside its records. */
export async function readMetadata(sourcePath: string): Promise<SourceMetadata> {
  const source = await openSource(sourcePath);
  const { archive, encoding } = source;
  return { archive, encoding: encoding.name, members: await membersOf(source) };
}

async function membersOf(source: SourceText): Promise<SourceMember[]> {
  const [first, hasMore] = await firstLineOf(source);
  const parsed = first === null ? null : parseJson(first);
  if (parsed?.kind !== 'value' || !isJsonObject(parsed.value)) return documentMembers(source);
  if ('_meta' in parsed.value) return documentMembers(source, first);
  return hasMore ? [] : documentMembers(source);
}

/** Null for one that is too long to be a record; and whether there are others. */
async function firstLineOf(source: SourceText): Promise<readonly [line: Buffer | null, hasMore: boolean]> {
  const cutter = new LineCutter();
  const found: Buffer[] = [];
  let read = 0;
  for await (const chunk of source.open()) {
    read += chunk.length;
    found.push(
      ...cutter
        .push(chunk)
        .map(({ bytes }) => bytes)
        .filter(isFilled),
    );
    if (found.length > 1 || read > MAX_LINE_BYTES) break;
  }
  if (read <= MAX_LINE_BYTES)
    found.push(
      ...cutter
        .end()
        .map(({ bytes }) => bytes)
        .filter(isFilled),
    );
  return [found[0] ?? null, found.length > 1];
}

const isFilled = (line: Buffer): boolean => line.toString('utf8').trim() !== '';

/** Of an object: all of its members but lists, whose elements are records. */
async function documentMembers(source: SourceText, line: Buffer | null = null): Promise<SourceMember[]> {
  const scanner = new DocumentScanner((key, index) => key !== null && index === null);
  const cuts: CutValue[] = [];
  let read = 0;
  if (line !== null) cuts.push(...scanner.push(line));
  else
    for await (const chunk of source.open()) {
      cuts.push(...scanner.push(chunk).filter(({ bytes }) => bytes !== null));
      read += chunk.length;
      if (read > MOST_BYTES || cuts.length >= MOST_MEMBERS || scanner.faults.length > 0) break;
    }
  if (line === null && isRecord(cuts, scanner.lists)) return [];
  return cuts.flatMap(memberOf).slice(0, MOST_MEMBERS);
}

/** An object that has what a record has, or no list of any, is a record itself. */
function isRecord(cuts: readonly CutValue[], lists: ReadonlySet<string>): boolean {
  const members = [
    ...cuts.map(({ key, bytes }): [string, unknown] => [key ?? '', bytes && valueOf(bytes)]),
    ...[...lists].map((name): [string, unknown] => [name, []]),
  ];
  return lists.size === 0 || detectShape(Object.fromEntries(members)) !== null;
}

function valueOf(bytes: Buffer): unknown {
  const parsed = parseJson(bytes);
  return parsed.kind === 'value' ? parsed.value : null;
}

const memberOf = ({ key, bytes, tooLong }: CutValue): SourceMember[] => {
  if (key === null || bytes === null) return [];
  const isCut = tooLong || bytes.length > SHOWN_BYTES;
  return [{ name: key, text: bytes.subarray(0, SHOWN_BYTES).toString('utf8'), is_cut: isCut }];
};
