const BIDI_CONTROLS = '\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069';
const DANGEROUS = new RegExp(`[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f${BIDI_CONTROLS}]`, 'gu');
const BREAKS = /[\n\t]+/gu;
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

/** Text of others as it may be shown: a control character becomes its number, so a terminal never obeys it. */
export const safeText = (text: string): string =>
  text.replace(DANGEROUS, (found) => `\\x${(found.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`);

/** The same in one line. */
export const safeLine = (text: string): string => safeText(text.replace(BREAKS, ' '));

/** Columns that a text takes in a terminal. */
export const widthOf = (text: string): number =>
  Array.from(text).reduce((width, character) => width + (WIDE.test(character) ? 2 : 1), 0);

export const clipped = (text: string, width: number): string => {
  if (widthOf(text) <= width) return text;
  const kept: string[] = [];
  let used = 1;
  for (const character of text) {
    used += widthOf(character);
    if (used > width) break;
    kept.push(character);
  }
  return `${kept.join('')}…`;
};
