import { Readable } from 'node:stream';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BrokenArchive } from './broken-archive';
import { unpack } from './unpack';

const lines = Array.from({ length: 3000 }, (_, index) => `line ${String((index * 7919) % 10_007)}\n`).join(
  '',
);
const dense = gzipSync('a'.repeat(300_000));
const archives = [
  gzipSync(lines),
  gzipSync(lines, { level: 0 }),
  dense,
  Buffer.concat([dense, gzipSync(lines)]),
];

const unpacked = async (bytes: Buffer): Promise<{ content: Buffer; isBroken: boolean }> => {
  const pieces: Buffer[] = [];
  try {
    for await (const piece of unpack(() => Readable.from([bytes]), 'gzip')) pieces.push(piece);
  } catch (error) {
    if (!(error instanceof BrokenArchive)) throw error;
    return { content: Buffer.concat(pieces), isBroken: true };
  }
  return { content: Buffer.concat(pieces), isBroken: false };
};

it.each(archives.map((archive, index) => [index, archive] as const))(
  'a damaged gzip archive (%i) gives all that stands before the damage',
  (_, archive) =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 20, max: archive.length - 1 }),
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
        fc.boolean(),
        async (at, damage, isCut) => {
          const after = isCut ? [] : [damage, archive.subarray(at + damage.length)];
          const { content } = await unpacked(Buffer.concat([archive.subarray(0, at), ...after]));
          const sound = gunzipSync(archive.subarray(0, at), { finishFlush: constants.Z_SYNC_FLUSH });
          expect(content.subarray(0, sound.length).equals(sound)).toBe(true);
        },
      ),
      { numRuns: 30 },
    ),
);

it('a gzip archive whose checksum is wrong gives all of its content, with the error', async () => {
  const bytes = Buffer.from(gzipSync(lines));
  bytes[bytes.length - 8] = (bytes.at(-8) ?? 0) ^ 0xff;
  expect(await unpacked(bytes)).toEqual({ content: Buffer.from(lines), isBroken: true });
});
