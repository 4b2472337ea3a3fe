import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fileNameOf } from './file-name';

test('keeps letters, digits, spaces and dashes of any language', () => {
  expect(fileNameOf('Leuchtturmwärter, 2. Lauf: r=16/α=32', 'run')).toBe('Leuchtturmwärter 2. Lauf r16α32');
});

test('is a name of its own whatever the thing is called', () => {
  const anyName = fc.string({ unit: 'grapheme', maxLength: 300 });
  fc.assert(
    fc.property(anyName, (name) => {
      const file = fileNameOf(name, 'run');
      expect(file).toMatch(/^[^/\\:*?"<>|.\s][^/\\:*?"<>|]*$/u);
      expect(file.length).toBeLessThanOrEqual(120);
    }),
  );
});
