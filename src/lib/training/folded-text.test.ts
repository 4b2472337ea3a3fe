import { describe, expect, it } from 'vitest';
import { foldedText } from './folded-text';

describe('the folded text', () => {
  it.each([
    ['a blank after it', 'Why? '],
    ['other white space', '\u00a0Why?\r\n'],
    ['what takes no room', '\ufeffW\u200bh\u00ady?'],
    ['another case', 'WHY?'],
    ['full-width letters', '\uff37\uff48\uff59\uff1f'],
  ])('is the same with %s', (_, text) => expect(foldedText(text)).toBe(foldedText('Why?')));

  it('is the same however white space divides the words and accents are written', () =>
    expect(foldedText('Un  cafe\u0301\n\tnoir')).toBe(foldedText('un caf\u00e9 noir')));

  it.each([
    ['marks', '1 + 2', '1 - 2'],
    ['vowel signs', '\u0915\u093f', '\u0915\u0940'],
    ['where words end', 'no table', 'notable'],
  ])('keeps %s apart', (_, one, other) => expect(foldedText(one)).not.toBe(foldedText(other)));
});
