/** The line that a search means: `402` or `1,402`; null for words. */
export const lineSought = (query: string): number | null =>
  /^(\d{1,3}(,\d{3})+|\d{1,9})$/.test(query.trim()) ? Number(query.trim().replaceAll(',', '')) : null;

/** The words that a search means: a number in quotes is no line. */
export const wordsSought = (query: string): string => /^["“](\d[\d,]*)["”]$/.exec(query.trim())?.[1] ?? query;
