import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { useBench } from './bench-setup';
import { TextFile } from './text-file';

const bench = useBench();

const text = fc
  .tuple(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
    fc.constantFrom(1, 1000, 30_000, 200_000),
  )
  .map(([piece, times]) => piece.repeat(times));
const written = fc.oneof(
  text,
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
);

it('a written file holds texts and bytes in their order, however long they are', () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(written, fc.boolean()), { maxLength: 8 }), async (writes) => {
      const path = join(bench().dir, 'written');
      const file = await TextFile.create(path);
      for (const [content, isDrained] of writes) {
        file.write(content);
        if (isDrained) await file.drain();
      }
      const sha256 = await file.finish();
      const expected = Buffer.concat(writes.map(([content]) => Buffer.from(content)));
      expect((await readFile(path)).equals(expected)).toBe(true);
      expect(file.sizeBytes).toBe(expected.length);
      expect(sha256).toBe(createHash('sha256').update(expected).digest('hex'));
    }),
    { numRuns: 30 },
  ));
