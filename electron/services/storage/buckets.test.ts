import { randomUUID } from 'node:crypto';
import {
  chmod,
  link,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
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
  await mkdir(storageDir, { mode: 0o700 });
});
afterEach(() => rm(storageDir, { recursive: true, force: true }));

const bucketOf = (userId: string, bucket: BucketName = 'lora-datasets', limitBytes?: number): Bucket =>
  new Bucket({ dir: join(storageDir, bucket), bucket, userId, limitBytes });

/** A finished file beside the buckets. */
const staged = async (content: string | Buffer, name = randomUUID()): Promise<string> => {
  const path = join(storageDir, name);
  await writeFile(path, content, { mode: 0o644 });
  return path;
};

const staging = async (files: Readonly<Record<string, string | Buffer>>): Promise<string> => {
  const folder = join(storageDir, randomUUID());
  await mkdir(folder);
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
};

const store = async (bucket: Bucket, path: string, content: string | Buffer): Promise<void> =>
  bucket.adopt({ staged: await staged(content), path });

const readText = async (bucket: Bucket, path: string): Promise<string> =>
  readFile(await bucket.resolve(path), 'utf8');

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
] as const)(
  '$requirement: Storage bucket $name created with correct policies',
  ({ name, file, limitBytes }) => {
    const path = `${OWNER}/${randomUUID()}/${file}`;
    const place = (): string => join(storageDir, name, ...path.split('/'));

    it('has the limit of the specification and is private', async () => {
      expect(BUCKETS[name].limitBytes).toBe(limitBytes);
      await store(bucketOf(OWNER, name), path, CONTENT[name]);
      expect((await stat(place())).mode & 0o777).toBe(0o600);
      expect((await stat(join(storageDir, name))).mode & 0o777).toBe(0o700);
    });

    it('refuses a file over its limit before it reads it', async () => {
      const large = await staged(CONTENT[name]);
      await truncate(large, limitBytes + 1);
      await expect(bucketOf(OWNER, name).adopt({ staged: large, path })).rejects.toEqual(
        code('storage_too_large'),
      );
      await expect(stat(place())).rejects.toMatchObject({ code: 'ENOENT' });
    });

    it('Users can upload to their own folder', async () => {
      await expect(store(bucketOf(STRANGER, name), path, CONTENT[name])).rejects.toEqual(
        code('storage_forbidden'),
      );
      await store(bucketOf(OWNER, name), path, CONTENT[name]);
      expect(await readFile(place())).toEqual(Buffer.from(CONTENT[name]));
    });

    it('Users can read from their own folder', async () => {
      await store(bucketOf(OWNER, name), path, CONTENT[name]);
      const stranger = bucketOf(STRANGER, name);
      await expect(stranger.resolve(path)).rejects.toEqual(code('storage_forbidden'));
      await expect(stranger.alias(path, `${STRANGER}/mine/${file}`)).rejects.toEqual(
        code('storage_forbidden'),
      );
      expect(await readText(bucketOf(OWNER, name), path)).toBe(CONTENT[name].toString());
    });

    it('Users can delete from their own folder', async () => {
      await store(bucketOf(OWNER, name), path, CONTENT[name]);
      await expect(bucketOf(STRANGER, name).remove(path)).rejects.toEqual(code('storage_forbidden'));
      await expect(
        bucketOf(STRANGER, name).adopt({ staged: await staged(CONTENT[name]), path, replace: true }),
      ).rejects.toEqual(code('storage_forbidden'));
      await bucketOf(OWNER, name).remove(path);
      await bucketOf(OWNER, name).remove(path);
      await expect(stat(place())).rejects.toMatchObject({ code: 'ENOENT' });
    });
  },
);

describe('a path of a bucket', () => {
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
  ])('is refused that is %s', async (_what, path) => {
    const bucket = bucketOf(OWNER);
    await expect(bucket.resolve(path)).rejects.toEqual(code('storage_path_refused'));
    await expect(store(bucket, path, RECORD)).rejects.toEqual(code('storage_path_refused'));
    await expect(bucket.remove(path)).rejects.toEqual(code('storage_path_refused'));
  });

  it('never leads out of the folder, whatever it is', async () => {
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
      await expect(bucketOf(OWNER).resolve(path)).rejects.toEqual(code('storage_link_refused'));
      await expect(store(bucketOf(OWNER), path, RECORD)).rejects.toEqual(code('storage_link_refused'));
      await expect(bucketOf(OWNER).remove(path)).rejects.toEqual(code('storage_link_refused'));
    }
    await symlink(outside, join(storageDir, 'lora-models'));
    await expect(bucketOf(OWNER, 'lora-models').resolve(`${OWNER}/x`)).rejects.toEqual(
      code('storage_link_refused'),
    );
    expect(await readFile(join(outside, 'secret.jsonl'), 'utf8')).toBe(RECORD);
  });
});

const offsets = (...places: readonly number[]): Buffer => {
  const table = Buffer.alloc(places.length * 8);
  places.forEach((place, index) => table.writeUIntLE(place, index * 8, 6));
  return table;
};

describe('adopting', () => {
  const path = `${OWNER}/x`;
  const own = (): string => join(storageDir, 'lora-datasets', OWNER);

  it('takes a folder as a whole, and nothing of it where one file is refused', async () => {
    const bad = await staging({ source: RECORD, other: safetensors() });
    await expect(bucketOf(OWNER).adopt({ staged: bad, path })).rejects.toEqual(code('storage_type_refused'));
    await expect(stat(own())).rejects.toMatchObject({ code: 'ENOENT' });
    const good = await staging({ source: RECORD, 'dataset.jsonl': RECORD });
    await bucketOf(OWNER).adopt({ staged: good, path });
    expect(await readdir(own(), { recursive: true })).toEqual(['x', 'x/dataset.jsonl', 'x/source']);
    await expect(stat(good)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('holds only what a user brought to the limit, and its own files to their kinds', async () => {
    const derived = ['records.idx', 'problems.jsonl', 'dataset.jsonl'];
    const files = { 'records.idx': offsets(0, 25), 'problems.jsonl': '', 'dataset.jsonl': RECORD.repeat(9) };
    const small = bucketOf(OWNER, 'lora-datasets', 30);
    await small.adopt({ staged: await staging({ source: RECORD, ...files }), path, derived });
    const large = await staging({ source: RECORD.repeat(2), ...files });
    await expect(small.adopt({ staged: large, path: `${OWNER}/y`, derived })).rejects.toEqual(
      code('storage_too_large'),
    );
    const swapped = await staging({ source: RECORD, 'records.idx': offsets(0, 40, 30) });
    await expect(small.adopt({ staged: swapped, path: `${OWNER}/y`, derived })).rejects.toEqual(
      code('storage_type_refused'),
    );
  });

  it('refuses links and whatever else is no file', async () => {
    const outside = await staged(RECORD);
    const folder = await staging({ source: RECORD });
    await symlink(outside, join(folder, 'link.jsonl'));
    await expect(bucketOf(OWNER).adopt({ staged: folder, path })).rejects.toEqual(
      code('storage_link_refused'),
    );
    await symlink(folder, join(storageDir, 'folder'));
    await expect(bucketOf(OWNER).adopt({ staged: join(storageDir, 'folder'), path })).rejects.toEqual(
      code('storage_link_refused'),
    );
    expect(await readFile(outside, 'utf8')).toBe(RECORD);
  });

  it('keeps what is there, or replaces it where it is told to', async () => {
    const first = await staging({ source: RECORD });
    await bucketOf(OWNER).adopt({ staged: first, path });
    await bucketOf(OWNER).adopt({ staged: await staging({ source: '{"other":1}' }), path });
    expect(await readText(bucketOf(OWNER), `${path}/source`)).toBe(RECORD);
    await bucketOf(OWNER).adopt({ staged: await staging({ new: '{"other":1}' }), path, replace: true });
    expect(await readdir(join(own(), 'x'))).toEqual(['new']);
  });

  it('gives a stored file a second name, again and again', async () => {
    const bucket = bucketOf(OWNER);
    for (const text of [RECORD, '{"second":1}']) {
      await bucket.remove(`${path}/v`);
      await store(bucket, `${path}/v`, text);
      await bucket.alias(`${path}/v`, `${path}/dataset.jsonl`);
      await bucket.alias(`${path}/v`, `${path}/dataset.jsonl`);
      expect(await readText(bucket, `${path}/dataset.jsonl`)).toBe(text);
    }
    expect((await readdir(join(own(), 'x'))).sort()).toEqual(['dataset.jsonl', 'v']);
  });

  it('does not remove a whole bucket', async () => {
    await expect(bucketOf(OWNER).remove(OWNER)).rejects.toEqual(code('storage_path_refused'));
  });

  it('reads no more of a large file than its beginning', async () => {
    const large = await staged(safetensors());
    const handle = await open(large, 'r+');
    await handle.truncate(4_000_000_000);
    await handle.close();
    const started = performance.now();
    await bucketOf(OWNER, 'lora-models').adopt({ staged: large, path });
    expect(performance.now() - started).toBeLessThan(500);
  });

  it.skipIf(process.getuid?.() === 0)('says what went wrong where it may not write', async () => {
    const file = await staged(RECORD);
    await chmod(storageDir, 0o500);
    await expect(bucketOf(OWNER).adopt({ staged: file, path })).rejects.toMatchObject({ code: 'EACCES' });
    await chmod(storageDir, 0o700);
    await link(file, `${file}.2`);
  });
});
