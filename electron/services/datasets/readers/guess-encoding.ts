import { LANGUAGES } from './language-letters';
import type { CharacterGroup, WrittenLanguage } from './language-letters';

const SAMPLE_BYTES = 64 * 1024;

/** The likely encoding of bytes that are no UTF-8. A guess, and told as one. */
export function guessEncoding(bytes: Buffer): string {
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  if (sample.filter((byte) => byte === 0).length > sample.length / 4)
    return 'UTF-16 without a byte order mark';
  const readings = LANGUAGES.map((language) => {
    const text = new TextDecoder(language.encoding).decode(sample);
    return { name: language.name, text, likelihood: likelihood(text, language) };
  });
  const likely = readings.toSorted((left, right) => right.likelihood - left.likelihood)[0];
  // Of those that read the same the first is the usual one.
  return readings.find(({ text }) => text === likely?.text)?.name ?? 'Windows-1252';
}

export type WideEncoding = 'utf-16le' | 'utf-16be' | 'utf-32';

/** Which of four bytes are zeros in most places, are not, or may be either. */
const WIDE = [
  { name: 'utf-32', zeros: [false, null, true, true] },
  { name: 'utf-32', zeros: [true, true, null, false] },
  { name: 'utf-16le', zeros: [false, true, false, true] },
  { name: 'utf-16be', zeros: [true, false, true, false] },
] as const;
const MOSTLY = 0.7;

/** Of a text of mostly plain characters: the zeros beside them stand always in the same places. */
export function wideEncoding(bytes: Buffer): WideEncoding | null {
  const places = [0, 1, 2, 3].map((place) => bytes.filter((_, index) => index % 4 === place));
  const shares = places.map((found) => found.filter((byte) => byte === 0).length / Math.max(1, found.length));
  const fits = (share: number, zero: boolean | null | undefined) =>
    zero === true ? share >= MOSTLY : zero !== false || share < 1 - MOSTLY;
  return WIDE.find(({ zeros }) => shares.every((share, place) => fits(share, zeros[place])))?.name ?? null;
}

/** Of other letters, of other signs, and of what stands for no character at all. */
const STRANGE_LETTER = 1e-4;
const STRANGE_SIGN = 1e-5;
const IMPOSSIBLE = 1e-8;
/** At the same places in all that Windows uses, so these tell nothing. */
const COMMON_SIGNS = /[\u2018-\u201e\u2013\u2014\u2026\u00ab\u00bb\u00a0\u00b0\u00a7\u20ac]/u;
const COMMON_SIGN = 0.02;
const FIRST_CAPITAL = /^\P{Lu}\p{Lu}$/u;
const CAPITAL = 0.1;
/** A capital after a small letter, and two scripts in one word. */
const ODD_PAIR = /\p{Ll}\p{Lu}|[a-z]\p{Script=Cyrillic}|\p{Script=Cyrillic}[a-z]/u;
const ODD = 0.01;
const LAST_OF_ASCII = '\u007f';

/** The logarithm of how likely a text of this language is; only what is not ASCII counts. */
function likelihood(text: string, { letters }: WrittenLanguage): number {
  const shares = new Map<string, number>();
  let sum = 0;
  let before = ' ';
  for (const character of text) {
    if (character > LAST_OF_ASCII) {
      const share = shares.get(character) ?? shareOf(character, letters);
      shares.set(character, share);
      sum += Math.log(share);
    }
    if (character > LAST_OF_ASCII || before > LAST_OF_ASCII) sum += Math.log(pairShare(before + character));
    before = character;
  }
  return sum;
}

const pairShare = (pair: string): number =>
  (FIRST_CAPITAL.test(pair) ? CAPITAL : 1) * (ODD_PAIR.test(pair) ? ODD : 1);

function shareOf(character: string, groups: readonly CharacterGroup[]): number {
  const small = character.toLowerCase();
  for (const group of groups) {
    const share = shareIn(group, small);
    if (share > 0) return share;
  }
  if (COMMON_SIGNS.test(character)) return COMMON_SIGN;
  if (/[\ufffd\u0080-\u009f]/u.test(character)) return IMPOSSIBLE;
  return /\p{L}/u.test(character) ? STRANGE_LETTER : STRANGE_SIGN;
}

/** The first is twice as frequent as the second, three times as the third, and so on. */
function shareIn(group: CharacterGroup, character: string): number {
  if ('anyOf' in group) return group.anyOf.test(character) ? group.share / group.size : 0;
  const rank = group.byFrequency.indexOf(character) + 1;
  return rank === 0 ? 0 : 1 / rank / harmonic(group.byFrequency.length);
}

const harmonic = (count: number): number =>
  Array.from({ length: count }, (_, index) => 1 / (index + 1)).reduce((sum, part) => sum + part, 0);
