import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BucketName, Bucket } from './buckets';

const OWNER = randomUUID();

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'content-'));
});
afterEach(() => rm(folder, { recursive: true }));

const stored = async (bucket: BucketName, content: Buffer): Promise<Buffer> => {
  const staged = join(folder, 'staged');
  await writeFile(staged, content);
  const own = new Bucket({ dir: join(folder, bucket), bucket, userId: OWNER });
  await own.adopt({ staged, path: `${OWNER}/x/dataset.jsonl` });
  return readFile(await own.resolve(`${OWNER}/x/dataset.jsonl`));
};

const zip = (name: string): Buffer => Buffer.from(`PK\u0003\u0004archive/${name}`);
const utf16 = (text: string): Buffer =>
  Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);

const withHeader = (header: Buffer): Buffer => {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, Buffer.alloc(4)]);
};
const SAFETENSORS = withHeader(Buffer.from('{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'));
const OFFSETS = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 40, 0, 0, 0, 0, 0, 0, 0]);
const RECORD = '{"id":"1","messages":[]}\n';

describe('a bucket knows a file by its content, not its name', () => {
  it.each([
    ['a pickle', 'lora-models', Buffer.from([0x80, 0x02, 0x7d, 0x71, 0x00, 0x2e])],
    ['a pickle of torch, which is a ZIP', 'lora-models', zip('data.pkl')],
    ['a program', 'lora-models', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0])],
    ['a table of offsets that nobody said is ours', 'lora-datasets', OFFSETS],
    ['weights among the datasets', 'lora-datasets', SAFETENSORS],
    ['a ZIP among the datasets', 'lora-datasets', zip('data.jsonl')],
    ['a pickle among the datasets', 'lora-datasets', Buffer.from([0x80, 0x04, 0x95, 0x0a, 0x00])],
    ['a picture', 'lora-datasets', Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13])],
    ['random bytes', 'lora-datasets', Buffer.from(Array.from({ length: 512 }, (_, at) => (at * 167) % 256))],
    ['a database', 'lora-datasets', Buffer.from('SQLite format 3\0')],
    ['a Parquet among the models', 'lora-models', Buffer.from('PAR1....PAR1')],
    ['nothing', 'lora-datasets', Buffer.alloc(0)],
  ] as const)('and refuses %s', async (_what, name, content) => {
    await expect(stored(name, content)).rejects.toMatchObject({ code: 'storage_type_refused' });
    await expect(stat(join(folder, name))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it.each([
    ['safetensors', 'lora-models', SAFETENSORS],
    [
      'a header whose length begins with the mark of a pickle',
      'lora-models',
      withHeader(Buffer.from('{"w":{}}'.padEnd(0x180))),
    ],
    ['indented JSON', 'lora-models', Buffer.from('{\n  "r": 16\n}\n')],
    ['lines of JSON', 'lora-models', Buffer.from(`${RECORD}${RECORD}`)],
    ['a model card', 'lora-models', Buffer.from('# Adapter\n')],
    [
      'JSON that is longer than the bytes looked at',
      'lora-datasets',
      Buffer.from(`{"ü":"${'ü'.repeat(70_000)}"}`),
    ],
    ['JSON with a fault, whose place an import names', 'lora-datasets', Buffer.from('{not json')],
    ['CSV', 'lora-datasets', Buffer.from('question,answer\n"a","b"\n')],
    ['TSV', 'lora-datasets', Buffer.from('question\tanswer\r\na\tb\r\n')],
    ['Markdown', 'lora-datasets', Buffer.from('# Title\n\nText\f\u001b[0m\n')],
    ['text of Windows-1252', 'lora-datasets', Buffer.from('Stra\u00dfe \u0080\n', 'latin1')],
    ['UTF-16', 'lora-datasets', utf16('{"text":"中文"}')],
    ['UTF-16 without its mark', 'lora-datasets', Buffer.from('{"text":"a"}', 'utf16le')],
    ['Parquet', 'lora-datasets', Buffer.from('PAR1\u0015\0\u0015PAR1')],
    ['gzip', 'lora-datasets', gzipSync(RECORD)],
    ['Zstandard', 'lora-datasets', zstdCompressSync(Buffer.from(RECORD))],
    [
      'Zstandard after a frame to be skipped',
      'lora-datasets',
      Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 9]),
    ],
  ] as const)('and keeps %s', async (_what, name, content) => {
    expect(Buffer.compare(await stored(name, content), content)).toBe(0);
  });
});
