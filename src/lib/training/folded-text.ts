/** Soft hyphen, zero-width space and joiners, word joiner, byte order mark. */
const ROOMLESS = /[\u00ad\u200b-\u200d\u2060\ufeff]/gu;

/**
 * Equal for texts that say the same: whatever their case, their white space, and the way in which a letter is
 * encoded; what takes no room is as if it were not there. Marks count, because sums, code and emoji may differ in nothing else.
 */
export const foldedText = (text: string): string =>
  // Single blanks are left alone: to replace each by itself takes twice the time.
  text
    .normalize('NFKC')
    .replace(ROOMLESS, '')
    .toLowerCase()
    .trim()
    .replace(/\s{2,}|[^\S ]/gu, ' ');
