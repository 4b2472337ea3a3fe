/** The line that a search means: `402` or `1,402`; null for words. */
export const lineSought = (query: string): number | null =>
  /^(\d{1,3}(,\d{3})+|\d{1,9})$/.test(query.trim()) ? Number(query.trim().replaceAll(',', '')) : null;
