interface Words {
  readonly error: string;
  readonly suggestion: string;
}

const DELIMITER = /[,;\t|]/u;

/** What keeps a text from being read as records, by its beginning; null where nothing plain does. */
export function whyUnread(sample: string): Words | null {
  const lines = sample.split(/\r\n|\r|\n/u);
  if (lines.every((line) => line.trim() === ''))
    return {
      error: 'The file holds only blank lines.',
      suggestion: 'Check that it was written completely, and import it again.',
    };
  if (sample.includes('\r') && !sample.includes('\n'))
    return {
      error: 'The lines of the file end with CR alone, so all of it is one line.',
      suggestion: 'Save it with LF or CRLF at the ends of lines, and import it again.',
    };
  return openQuote(sample) ?? headerAlone(lines);
}

/** Where quotes do not come in pairs, the last one opened a cell that takes in all that follows. */
function openQuote(sample: string): Words | null {
  const quotes = sample.split('"').length - 1;
  if (quotes % 2 === 0 || !DELIMITER.test(sample)) return null;
  const line = sample.slice(0, sample.lastIndexOf('"')).split('\n').length;
  return {
    error: `A quote in line ${String(line)} is opened and never closed, so the file is no table.`,
    suggestion: 'Close it, or say with --table quote=none that quotes mean nothing here.',
  };
}

function headerAlone(lines: readonly string[]): Words | null {
  const filled = lines.filter((line) => line.trim() !== '');
  if (filled.length !== 1 || !DELIMITER.test(filled[0] ?? '')) return null;
  return {
    error: 'The file has one line alone: as a table it is a header without rows.',
    suggestion: 'Check that its rows were written, and import it again.',
  };
}
