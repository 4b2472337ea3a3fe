import { describe, expect, it } from 'vitest';
import { nextName } from './next-name';

describe('nextName', () => {
  it.each([
    ['a name that nobody has stays', 'Letters', ['Orders'], 'Letters'],
    ['a second of the same', 'Letters', ['Letters'], 'Letters (2)'],
    ['what follows a second of the same', 'Letters (2)', ['Letters', 'Letters (2)'], 'Letters (3)'],
    ['the first, once there are more', 'Letters', ['Letters', 'Letters (2)', 'Letters (7)'], 'Letters (8)'],
    ['where only a later one is left', 'Letters', ['Letters', 'Lettershead (4)'], 'Letters (2)'],
    ['a number that is none of ours', 'Run (0)', ['Run (0)'], 'Run (0) (2)'],
    ['a name that is only a number', '(2)', ['(2)'], '(2) (2)'],
    ['a year, which is counted on from', 'Mails (2024)', ['Mails (2024)'], 'Mails (2025)'],
  ])('%s', (...[, name, taken, expected]) => {
    expect(nextName(name, taken)).toBe(expected);
  });

  it('keeps to the longest name, and cuts no character in two', () => {
    const long = `${'x'.repeat(192)}😀😀😀😀`;
    const next = nextName(long, [long]);
    expect(next).toBe(`${'x'.repeat(192)} (2)`);
    expect(nextName(long, [long, next])).toBe(`${'x'.repeat(192)} (3)`);
  });
});
