import { Readable } from 'node:stream';
import { constants, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BrokenArchive } from './broken-archive';
import { unpack } from './unpack';

interface Packed {
  readonly bytes: Buffer;
  readonly content: Buffer;
}

const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
/** What begins a frame with a window of 64 MiB, and one with a content of a GiB. */
const WIDE = [
  [...MAGIC, 0x00, 16 << 3],
  [...MAGIC, 0xa3, 1, 2, 3, 4, 0, 0, 0, 0x40],
].map((header) => Buffer.from(header));

const uint = (value: number, bytes: number): Buffer => {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntLE(value, 0, bytes);
  return buffer;
};

const payload = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
      fc.constantFrom(...WIDE, Buffer.from([...MAGIC, 0x00, 0xff])),
    ),
    { maxLength: 12 },
  )
  .map((parts) => Buffer.concat(parts));

const block = fc.oneof(
  payload.map((content) => ({ type: 0, size: content.length, bytes: content, content })),
  fc.tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 1, max: 900 })).map(([byte, size]) => {
    return { type: 1, size, bytes: Buffer.from([byte]), content: Buffer.alloc(size, byte) };
  }),
);

const ownFrame = fc
  .tuple(
    fc.array(block, { minLength: 1, maxLength: 4 }),
    fc.boolean(),
    fc.uint8Array({ minLength: 4, maxLength: 4 }),
  )
  .map(([blocks, hasChecksum, checksum]): Packed => {
    const written = blocks.map(({ type, size, bytes }, index) => {
      const isLast = index === blocks.length - 1;
      return Buffer.concat([uint((size << 3) | (type << 1) | Number(isLast), 3), bytes]);
    });
    const header = Buffer.from([...MAGIC, hasChecksum ? 4 : 0, 7 << 3]);
    return {
      bytes: Buffer.concat([header, ...written, Buffer.from(hasChecksum ? checksum : [])]),
      content: Buffer.concat(blocks.map(({ content }) => content)),
    };
  });

const compressed = fc.tuple(payload, fc.boolean()).map(([content, hasChecksum]): Packed => {
  const params = { [constants.ZSTD_c_checksumFlag]: Number(hasChecksum) };
  return { bytes: zstdCompressSync(content, { params }), content };
});

const skippable = fc.tuple(payload, fc.integer({ min: 0, max: 15 })).map(([skipped, kind]): Packed => {
  const bytes = Buffer.concat([uint(0x184d2a50 + kind, 4), uint(skipped.length, 4), skipped]);
  return { bytes, content: Buffer.alloc(0) };
});

const frames = fc
  .array(fc.oneof(ownFrame, compressed, skippable), { maxLength: 5 })
  .map((packed): Packed => ({
    bytes: Buffer.concat(packed.map(({ bytes }) => bytes)),
    content: Buffer.concat(packed.map(({ content }) => content)),
  }));

const cut = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );

const chunkSize = fc.constantFrom(1, 3, 7, 100, 256, 1000, 100_000);

const unpacked = async (
  bytes: Buffer,
  size: number,
): Promise<{ content: Buffer; error: BrokenArchive | null }> => {
  const pieces: Buffer[] = [];
  let error: BrokenArchive | null = null;
  try {
    for await (const piece of unpack(() => Readable.from(cut(bytes, size)), 'zstd')) pieces.push(piece);
  } catch (thrown) {
    if (!(thrown instanceof BrokenArchive)) throw thrown;
    error = thrown;
  }
  return { content: Buffer.concat(pieces), error };
};

describe('a zstd archive', () => {
  it('is read whatever its frames hold', () =>
    fc.assert(
      fc.asyncProperty(frames, chunkSize, async ({ bytes, content }, size) => {
        expect(await unpacked(bytes, size)).toEqual({ content, error: null });
      }),
    ));

  it('is refused from the frame on that asks for a large window, wherever that begins', () =>
    fc.assert(
      fc.asyncProperty(
        fc.tuple(frames, fc.constantFrom(...WIDE), frames, chunkSize),
        async ([before, wide, after, size]) => {
          const bytes = Buffer.concat([before.bytes, wide, after.bytes]);
          const { content, error } = await unpacked(bytes, size);
          expect(content).toEqual(before.content);
          expect(error?.message).toContain('more than 32 MiB');
          expect(error?.suggestion).toContain('zstd -d');
        },
      ),
    ));

  it('gives the blocks before what is damaged', () =>
    fc.assert(
      fc.asyncProperty(
        fc.tuple(frames, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 20 })),
        async ([{ bytes }, place, damage]) => {
          const sound = bytes.subarray(0, place % (bytes.length + 1));
          const rest = bytes.subarray(sound.length + damage.length);
          const before = await unpacked(sound, 1);
          const { content } = await unpacked(Buffer.concat([sound, damage, rest]), 1000);
          expect(content.subarray(0, before.content.length)).toEqual(before.content);
        },
      ),
    ));
});
