import { z } from 'zod';

const RANGE = /^(\d{1,9})(?:-(\d{1,9}))?$/u;
/** As many as one edit may name. */
const MAX_LINES = 100_000;

const rangeOf = (word: string): readonly [number, number] | null => {
  const [, first, last = first] = RANGE.exec(word.trim()) ?? [];
  return first === undefined || Number(first) < 1 ? null : [Number(first), Number(last)];
};

/** Ascending numbers as ranges, `3,9-12`; of many only the first ones. */
export const rangeWords = (numbers: readonly number[], most: number): string => {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  const shown = ranges
    .slice(0, most)
    .map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`));
  return `${shown.join()}${ranges.length > most ? ' …' : ''}`;
};

/** `3,9-12` as the numbers of those lines, each once, in order. */
export const LineRanges = z.string('give --lines').transform((words, context) => {
  const ranges = words.split(',').map(rangeOf);
  const lines = new Set<number>();
  for (const range of ranges) {
    if (range === null || range[1] < range[0]) {
      context.addIssue('give lines such as 3,9-12, counted from 1');
      return z.NEVER;
    }
    if (lines.size + range[1] - range[0] >= MAX_LINES) {
      context.addIssue('give 100,000 lines or less at a time');
      return z.NEVER;
    }
    for (let line = range[0]; line <= range[1]; line += 1) lines.add(line);
  }
  return [...lines].toSorted((left, right) => left - right);
});
