import { openSource } from './readers/open-source';
import { LineCutter } from './readers/lines';
import type { SourceLine } from './readers/lines';

const MAX_SHOWN = 64 * 1024;

/** A line of the source as it stands, cut where nobody reads on; null when there is no such line. */
export async function readRawLine(sourcePath: string, line: number): Promise<string | null> {
  const source = await openSource(sourcePath);
  const cutter = new LineCutter();
  for await (const chunk of source.open()) {
    const found = cutter.push(chunk).find((candidate) => candidate.line === line);
    if (found !== undefined) return shown(found);
  }
  const last = cutter.end().find((candidate) => candidate.line === line);
  return last === undefined ? null : shown(last);
}

function shown({ bytes, tooLong }: SourceLine): string {
  const text = bytes.subarray(0, MAX_SHOWN).toString('utf8').replace(/\r$/, '');
  return tooLong || bytes.length > MAX_SHOWN ? `${text}…` : text;
}
