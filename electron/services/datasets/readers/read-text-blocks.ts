import { isUtf8 } from 'node:buffer';
import { LineCutter } from './lines';
import type { SourceLine } from './lines';
import { NOT_UTF8 } from './parse-json';
import type { ParsedJson } from './parse-json';
import type { RawRecord } from './raw-record';

/** A block of a plain text ends at the last paragraph end before this many characters (question 11). */
const MAX_BLOCK = 4000;

/** Batches of the blocks of a plain text; each is a record `{text}`. */
export async function* readTextBlocks(
  chunks: AsyncIterable<Buffer>,
  frontMatter: FrontMatter,
): AsyncGenerator<readonly RawRecord[]> {
  const lines = new LineCutter();
  const blocks = new BlockCutter();
  const toBlocks = (cut: readonly SourceLine[]) =>
    cut.flatMap((line) => frontMatter.pass(line).flatMap((kept) => blocks.push(kept)));
  for await (const chunk of chunks) yield toBlocks(lines.push(chunk));
  yield toBlocks(lines.end());
  yield [...frontMatter.end().flatMap((kept) => blocks.push(kept)), ...blocks.end()];
}

const MAX_FRONT_MATTER = 200;

/** Holds back what may be the settings at the head of a Markdown file; once closed they are left out. */
export class FrontMatter {
  leftOut = false;
  private held: SourceLine[] = [];
  private isLooking: boolean;

  constructor(isMarkdown: boolean) {
    this.isLooking = isMarkdown;
  }

  pass(line: SourceLine): SourceLine[] {
    if (!this.isLooking) return [line];
    const text = line.bytes.toString('latin1').trimEnd();
    if (this.held.length > 0 && (text === '---' || text === '...')) {
      this.leftOut = true;
      this.held = [];
      this.isLooking = false;
      return [];
    }
    this.held.push(line);
    const mayGoOn = line.line === 1 ? text === '---' : this.held.length < MAX_FRONT_MATTER;
    return mayGoOn ? [] : this.end();
  }

  end(): SourceLine[] {
    const held = this.held;
    this.held = [];
    this.isLooking = false;
    return held;
  }
}

class BlockCutter {
  private text = '';
  private line = 1;

  push(line: SourceLine): RawRecord[] {
    if (this.text === '') this.line = line.line;
    if (line.tooLong || !isUtf8(line.bytes)) return [...this.end(), unreadable(line)];
    this.text += `${line.bytes.toString('utf8')}\n`;
    return this.cutWhile(() => this.text.length > MAX_BLOCK);
  }

  end(): RawRecord[] {
    return this.cutWhile(() => this.text !== '');
  }

  private cutWhile(isDue: () => boolean): RawRecord[] {
    const blocks: RawRecord[] = [];
    while (isDue()) {
      const end = this.text.length <= MAX_BLOCK ? this.text.length : blockEnd(this.text);
      const block = this.text.slice(0, end);
      const rest = this.text.slice(end);
      const spare = /^(?:[ \t\r]*\n)*/.exec(rest)?.[0].length ?? 0;
      if (block.trim() !== '') blocks.push(blockRecord(block, this.line));
      this.line += lineBreaks(this.text.slice(0, end + spare));
      this.text = rest.slice(spare);
    }
    return blocks;
  }
}

/** The last paragraph end in reach, else the last line end, blank, or whole character. */
function blockEnd(text: string): number {
  const reach = text.slice(0, MAX_BLOCK);
  const paragraph = [...reach.matchAll(/\n[ \t\r]*\n/g)].at(-1);
  if (paragraph !== undefined && paragraph.index > 0) return paragraph.index + 1;
  const border = Math.max(reach.lastIndexOf('\n'), reach.lastIndexOf(' '));
  if (border > 0) return border + 1;
  return /[\ud800-\udbff]$/.test(reach) ? MAX_BLOCK - 1 : MAX_BLOCK;
}

function lineBreaks(text: string): number {
  return text.split('\n').length - 1;
}

/** Blank lines at its borders belong to no block; everything else is kept as it is. */
function blockRecord(block: string, line: number): RawRecord {
  const text = block.replace(/(?:\r?\n[ \t]*)+$/, '').replace(/^(?:[ \t]*\r?\n)+/, '');
  const before = lineBreaks(block.slice(0, block.indexOf(text)));
  return rawOf(line + before, { kind: 'value', value: { text } });
}

function unreadable(line: SourceLine): RawRecord {
  const raw = rawOf(line.line, { kind: 'fault', fault: NOT_UTF8 });
  return { ...raw, bytes: line.bytes, tooLong: line.tooLong };
}

function rawOf(line: number, parsed: ParsedJson): RawRecord {
  return {
    line,
    column: 1,
    pointer: '',
    bytes: Buffer.alloc(0),
    tooLong: false,
    outerDepth: 0,
    context: null,
    parsed,
  };
}
