type Rows = readonly (readonly string[])[];
type Trait = 'number' | 'text' | 'word';

const NUMBER = /^[-+]?\d[\d.,]*$/;
const SENTENCE_END = /[.!?…。！？]["'”’»)]*$/;
const MIN_WORDS_OF_TEXT = 5;

/**
 * Whether the first row of a table is one of its records: its cells are numbers or texts where those below
 * them are. A name is another thing than what it names. Short words say nothing either way.
 */
export function isFirstRowData([first = [], ...others]: Rows): boolean {
  const votes = first.map((cell, column) =>
    voteOf(
      cell,
      others.map((row) => row[column] ?? ''),
    ),
  );
  return votes.reduce<number>((sum, vote) => sum + vote, 0) > 0;
}

function voteOf(first: string, others: readonly string[]): -1 | 0 | 1 {
  const traits = others.filter((cell) => cell.trim() !== '').map(traitOf);
  if (first.trim() === '' || traits.length === 0) return 0;
  const own = traitOf(first);
  const alike = traits.filter((trait) => trait === own).length;
  if (alike * 2 < traits.length) return -1;
  return own === 'word' ? 0 : 1;
}

function traitOf(cell: string): Trait {
  const text = cell.trim();
  if (NUMBER.test(text)) return 'number';
  return SENTENCE_END.test(text) || text.split(/\s+/).length >= MIN_WORDS_OF_TEXT ? 'text' : 'word';
}
