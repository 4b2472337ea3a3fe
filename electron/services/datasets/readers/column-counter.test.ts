import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DocumentScanner } from './document-scanner';

it('the column of an element is that of its first character, wherever the bytes are cut', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'é', '你', '😀', ' '), maxLength: 6 });
  const blank = fc.constantFrom('', ' ', '\n', '\r\n ');
  const elements = fc.array(fc.tuple(blank, word), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(elements, fc.integer({ min: 1, max: 9 }), (list, size) => {
      const text = `[${list.map(([space, value]) => `${space}"${value}"`).join(',')}]`;
      const bytes = Buffer.from(text);
      const scanner = new DocumentScanner(() => true);
      const cuts = [];
      for (let at = 0; at < bytes.length; at += size)
        cuts.push(...scanner.push(bytes.subarray(at, at + size)));
      const lines = text.split('\n');
      expect(cuts).toHaveLength(list.length);
      for (const [index, { line, column }] of cuts.entries())
        expect(lines[line - 1]?.slice(column - 1).startsWith(`"${list[index]?.[1] ?? ''}"`)).toBe(true);
    }),
  );
});
