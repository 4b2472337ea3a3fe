import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toUtf8 } from './encoding';

async function read(
  bytes: Buffer,
  { name, cuts }: { name: string; cuts: readonly number[] },
): Promise<Buffer> {
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
  async function* chunks() {
    let start = 0;
    for (const end of ends) {
      yield await Promise.resolve(bytes.subarray(start, end));
      start = end;
    }
  }
  const found: Buffer[] = [];
  for await (const chunk of toUtf8(chunks(), { name, bomBytes: 0 })) found.push(chunk);
  return Buffer.concat(found);
}

it('UTF-16 is the same text wherever its bytes are cut, and half a character no UTF-8', async () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'é', '你', '😀', '\ud83d', '\ude00', '\n') });
  await fc.assert(
    fc.asyncProperty(text, fc.array(fc.nat(), { maxLength: 6 }), async (written, cuts) => {
      const little = Buffer.from(written, 'utf16le');
      const utf8 = await read(little, { name: 'utf-16le', cuts });
      expect(await read(Buffer.from(little).swap16(), { name: 'utf-16be', cuts })).toEqual(utf8);
      if (written.isWellFormed()) expect(utf8.toString('utf8')).toBe(written);
      else expect(() => new TextDecoder('utf-8', { fatal: true }).decode(utf8)).toThrow();
    }),
  );
});

it('a byte that is left over is no text either', async () => {
  expect(await read(Buffer.from([0x61, 0, 0x62]), { name: 'utf-16le', cuts: [] })).toEqual(
    Buffer.from([0x61, 0xff]),
  );
});
