import { randomUUID } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BucketName, Bucket, BUCKETS } from './buckets';

const OWNER = randomUUID();
const STRANGER = randomUUID();
const RECORD = '{"id":"1","messages":[]}\n';

let storageDir = '';
beforeEach(async () => {
  storageDir = join(await mkdtemp(join(tmpdir(), 'speicher ü ')), 'storage');
});
afterEach(() => rm(storageDir, { recursive: true, force: true }));

const bucketOf = (userId: string, bucket: BucketName = 'lora-datasets', limitBytes?: number): Bucket =>
  new Bucket({ storageDir, bucket, userId, limitBytes });

const bytes = (content: string | Buffer): Uint8Array[] => [Buffer.from(content)];

const readText = async (bucket: Bucket, path: string): Promise<string> => {
  const file = await bucket.read(path);
  try {
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
};

const code = (expected: string): unknown => expect.objectContaining({ code: expected });

const safetensors = (): Buffer => {
  const header = Buffer.from('{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}');
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, Buffer.alloc(4)]);
};

const CONTENT = { 'lora-datasets': RECORD, 'lora-models': safetensors() } as const;

describe.each([
  { requirement: 'FR-1.1.6', name: 'lora-datasets', file: 'dataset.jsonl', limitBytes: 500_000_000 },
  {
    requirement: 'FR-1.1.7',
    name: 'lora-models',
    file: 'adapter_model.safetensors',
    limitBytes: 5_000_000_000,
  },
] as const)('$requirement: the bucket $name', ({ name, file, limitBytes }) => {
  const path = `${OWNER}/${randomUUID()}/${file}`;

  it('has the limit of the specification and is private', async () => {
    expect(BUCKETS[name].limitBytes).toBe(limitBytes);
    await bucketOf(OWNER, name).write(path, bytes(CONTENT[name]));
    const place = join(storageDir, name, ...path.split('/'));
    expect((await stat(place)).mode & 0o777).toBe(0o600);
    expect((await stat(join(storageDir, name))).mode & 0o777).toBe(0o700);
  });

  it('Users can upload to their own folder', async () => {
    await expect(bucketOf(STRANGER, name).write(path, bytes(CONTENT[name]))).rejects.toEqual(
      code('storage_forbidden'),
    );
    await expect(bucketOf(OWNER, name).write(path, bytes(CONTENT[name]))).resolves.toBeGreaterThan(0);
  });

  it('Users can read from their own folder', async () => {
    await bucketOf(OWNER, name).write(path, bytes(CONTENT[name]));
    await expect(bucketOf(STRANGER, name).read(path)).rejects.toEqual(code('storage_forbidden'));
    expect(await readText(bucketOf(OWNER, name), path)).toBe(CONTENT[name].toString());
  });

  it('Users can delete from their own folder', async () => {
    await bucketOf(OWNER, name).write(path, bytes(CONTENT[name]));
    await expect(bucketOf(STRANGER, name).remove(path)).rejects.toEqual(code('storage_forbidden'));
    await bucketOf(OWNER, name).remove(path);
    await bucketOf(OWNER, name).remove(path);
    await expect(bucketOf(OWNER, name).read(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('a bucket', () => {
  it.each([
    ['upwards', `${OWNER}/../${STRANGER}/dataset.jsonl`],
    ['upwards at the end', `${OWNER}/..`],
    ['absolute', '/etc/passwd'],
    ['a drive', 'C:/data'],
    ['backslashes', `${OWNER}\\..\\x`],
    ['a URL', 'https://example.org/x'],
    ['an empty part', `${OWNER}//x`],
    ['a dot', `${OWNER}/./x`],
    ['a zero byte', `${OWNER}/a\0b`],
    ['a device of Windows', `${OWNER}/nul.jsonl`],
    ['a trailing dot', `${OWNER}/a.`],
    ['nothing', ''],
    ['too long', `${OWNER}/${'x'.repeat(300)}`],
  ])('refuses a path that is %s', async (_what, path) => {
    await expect(bucketOf(OWNER).resolve(path)).rejects.toEqual(code('storage_path_refused'));
  });

  it('never leads out of its own folder, whatever the path', async () => {
    const inside = join(storageDir, 'lora-datasets', OWNER);
    const part = fc.constantFrom('..', '.', '', 'a', OWNER, '\\', '/', 'C:', '%2e%2e', '\0', ' ');
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 8 }), fc.boolean(), async (parts, own) => {
        const path = [...(own ? [OWNER] : []), ...parts].join('/');
        const place = await bucketOf(OWNER)
          .resolve(path)
          .catch(() => inside);
        expect(place === inside || place.startsWith(`${inside}/`)).toBe(true);
      }),
    );
  });

  it('follows no link: neither a file, nor a folder, nor the bucket itself', async () => {
    const outside = join(storageDir, 'outside');
    const own = join(storageDir, 'lora-datasets', OWNER);
    await mkdir(outside, { recursive: true });
    await mkdir(own, { recursive: true });
    await writeFile(join(outside, 'secret.jsonl'), RECORD);
    await symlink(join(outside, 'secret.jsonl'), join(own, 'file.jsonl'));
    await symlink(outside, join(own, 'folder'));
    for (const path of [`${OWNER}/file.jsonl`, `${OWNER}/folder/secret.jsonl`]) {
      await expect(bucketOf(OWNER).read(path)).rejects.toEqual(code('storage_link_refused'));
      await expect(bucketOf(OWNER).write(path, bytes(RECORD))).rejects.toEqual(code('storage_link_refused'));
      await expect(bucketOf(OWNER).remove(path)).rejects.toEqual(code('storage_link_refused'));
    }
    await symlink(outside, join(storageDir, 'lora-models'));
    await expect(bucketOf(OWNER, 'lora-models').resolve(`${OWNER}/x`)).rejects.toEqual(
      code('storage_link_refused'),
    );
    expect(await readFile(join(outside, 'secret.jsonl'), 'utf8')).toBe(RECORD);
  });

  it.each([
    ['a pickle', 'lora-models', Buffer.from([0x80, 0x02, 0x7d, 0x71, 0x00, 0x2e])],
    ['a pickle of torch, which is a ZIP', 'lora-models', Buffer.from('PK\u0003\u0004archive/data.pkl')],
    ['a program', 'lora-models', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0])],
    ['weights among the datasets', 'lora-datasets', safetensors()],
    ['text that is no JSON', 'lora-datasets', Buffer.from('{not json')],
    ['bytes that are no text', 'lora-datasets', Buffer.from([0x7b, 0xff, 0xfe])],
    ['nothing', 'lora-datasets', Buffer.alloc(0)],
  ] as const)('refuses %s by its content, not its name', async (_what, name, content) => {
    const folder = `${OWNER}/${randomUUID()}`;
    await expect(bucketOf(OWNER, name).write(`${folder}/dataset.jsonl`, bytes(content))).rejects.toEqual(
      code('storage_type_refused'),
    );
    expect(await readdir(join(storageDir, name, ...folder.split('/')))).toEqual([]);
  });

  it.each([
    ['safetensors', 'lora-models', safetensors()],
    ['a header whose length begins with the mark of a pickle', 'lora-models', paddedTo(0x80)],
    ['indented JSON', 'lora-models', Buffer.from('{\n  "r": 16\n}\n')],
    ['lines of JSON', 'lora-models', Buffer.from(`${RECORD}${RECORD}`)],
    [
      'JSON that is longer than the bytes looked at',
      'lora-datasets',
      Buffer.from(`{"ü":"${'ü'.repeat(70_000)}"}`),
    ],
  ] as const)('keeps %s', async (_what, name, content) => {
    const sizeBytes = await bucketOf(OWNER, name).write(`${OWNER}/x/file`, bytes(content));
    expect(sizeBytes).toBe(content.length);
  });

  it('keeps the old file, and no rest of the new one, when a write fails', async () => {
    const path = `${OWNER}/x/dataset.jsonl`;
    await bucketOf(OWNER).write(path, bytes(RECORD));
    const tooLarge = bucketOf(OWNER, 'lora-datasets', 30).write(path, [...bytes(RECORD), ...bytes(RECORD)]);
    await expect(tooLarge).rejects.toEqual(code('storage_too_large'));
    const broken = (function* () {
      yield Buffer.from(RECORD);
      throw new Error('the source went away');
    })();
    await expect(bucketOf(OWNER).write(path, broken)).rejects.toThrow('went away');
    expect(await readText(bucketOf(OWNER), path)).toBe(RECORD);
    expect(await readdir(join(storageDir, 'lora-datasets', OWNER, 'x'))).toEqual(['dataset.jsonl']);
  });

  it('does not remove a whole bucket', async () => {
    await expect(bucketOf(OWNER).remove(OWNER)).rejects.toEqual(code('storage_path_refused'));
  });

  it('says what went wrong where it may not write', async () => {
    if (process.getuid?.() === 0) return;
    await mkdir(storageDir, { recursive: true });
    await chmod(storageDir, 0o500);
    await expect(bucketOf(OWNER).write(`${OWNER}/a`, bytes(RECORD))).rejects.toMatchObject({
      code: 'EACCES',
    });
    await chmod(storageDir, 0o700);
  });
});

function paddedTo(lowByte: number): Buffer {
  const header = Buffer.from('{"w":{}}'.padEnd(0x100 + lowByte));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header]);
}
