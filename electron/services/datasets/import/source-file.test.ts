import { appendFile, chmod, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { useBench } from './bench-setup';
import { fileChunks } from '../readers/file-chunks';
import { importFile } from './import-file';
import type { ImportProgress } from './import-request';
import { SourceFault } from './source-fault';
import { chat, jsonl, kinds } from './testing';

const bench = useBench();
const MIB = 1024 * 1024;
const good = jsonl(chat('q', 'a'), chat('r', 'b'));
const importPath = (path: string, more = {}) => importFile(bench().request(path, more));

describe('Q17 the file itself', () => {
  it.each([
    [
      'a folder',
      async () => {
        const path = join(bench().dir, 'folder.jsonl');
        await mkdir(path, { recursive: true });
        return path;
      },
      'folder',
    ],
    ['a device', () => Promise.resolve('/dev/zero'), 'device'],
    ['no file', () => Promise.resolve(join(bench().dir, 'absent.jsonl')), 'not there'],
  ])('calls %s unreadable and leaves nothing behind', async (_, makePath, reason) => {
    const { report, versionDir } = await importPath(await makePath());
    expect(kinds(report.problems)).toEqual(['1 unreadable error']);
    expect(report.problems[0]?.error).toContain(reason);
    expect(versionDir).toBeNull();
    expect(await bench().leftovers()).toEqual([]);
  });

  it.skipIf(process.getuid?.() === 0)('calls a file without permission unreadable', async () => {
    const path = await bench().write(good, 'secret.jsonl');
    await chmod(path, 0o000);
    const { report } = await importPath(path);
    expect(report.problems[0]?.error).toContain('permission');
  });

  it('puts a missing permission in words', () => {
    const fault = SourceFault.fromSystem(Object.assign(new Error('EACCES'), { code: 'EACCES' }));
    expect(fault).toMatchObject({ type: 'unreadable', message: 'You have no permission to read the file.' });
  });

  it('names an empty file', async () => {
    expect(kinds((await bench().import('')).report.problems)).toEqual(['1 empty_value error']);
  });

  it('names a Git LFS pointer', async () => {
    const { report } = await bench().import(
      'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n',
    );
    expect(kinds(report.problems)).toEqual(['1 lfs_pointer error']);
  });

  it('follows a link only when it was chosen, and shows where it leads', async () => {
    const target = await bench().write(good, 'target.jsonl');
    const path = join(bench().dir, 'link.jsonl');
    await symlink(target, path);
    const refused = await importPath(path);
    expect(refused.report.problems[0]).toMatchObject({ type: 'unreadable' });
    expect(refused.report.problems[0]?.error).toContain(target);
    const followed = await importPath(path, { followLink: true });
    expect(followed).toMatchObject({ linkTarget: target });
    expect(followed.report.reason).toContain(target);
    expect(followed.report.usable_records).toBe(2);
  });

  it('refuses a file that changes while it is read', async () => {
    const path = await bench().write(good.repeat(3), 'growing.jsonl');
    const growth: Promise<void>[] = [];
    const request = { ...bench().request(path), datasetDir: join(bench().dir, 'growing') };
    const signal = new AbortController().signal;
    const { report } = await importFile(
      request,
      () => {
        growth.push(writeFile(path, 'x', { flag: 'a' }));
      },
      signal,
    );
    await Promise.all(growth);
    expect(report.problems[0]?.error).toContain('changed while it was read');
  });

  it.each(['a b', 'ü', '中文', '😀', `it's "quoted"`, 'n'.repeat(200)])(
    'D10 imports from and into a folder called %s',
    async (name) => {
      const dir = join(bench().dir, name);
      await mkdir(dir, { recursive: true });
      const path = join(dir, `${name.slice(0, 40)}.jsonl`);
      await writeFile(path, good);
      const { report } = await importFile({
        sourcePath: path,
        datasetDir: join(dir, 'owner', 'dataset'),
        stagingToken: 't',
      });
      expect(report.usable_records).toBe(2);
    },
  );
});

it('takes little memory for a small file, and enough for one that grows', async () => {
  const path = await bench().write(good, 'small.jsonl');
  const before = process.memoryUsage().arrayBuffers;
  await importPath(path);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(MIB);
  const chunks = fileChunks(path);
  expect((await chunks.next()).value).toEqual(Buffer.from(good));
  await appendFile(path, 'x'.repeat(MIB));
  let grown = 0;
  for await (const { length } of chunks) grown += length;
  expect(grown).toBe(MIB);
});

describe('publishing', () => {
  it('keeps one version of the same content and makes it current', async () => {
    const path = await bench().write(good, 'twice.jsonl');
    const datasetDir = join(bench().dir, 'twice');
    const first = await importFile({ sourcePath: path, datasetDir, stagingToken: 'one' });
    const second = await importFile({ sourcePath: path, datasetDir, stagingToken: 'two' });
    expect(second.version).toEqual(first.version);
    expect((await readdir(datasetDir)).sort()).toEqual(['dataset.jsonl', 'versions']);
    expect(await readdir(join(datasetDir, 'versions'))).toEqual([first.version?.sha256]);
  });
});

describe('I01 cancel', () => {
  const many = `${good}\n`.repeat(60_000);

  it.each([1, 5, 20, 40])('leaves nothing behind after progress report %i', async (after) => {
    const path = await bench().write(many, 'many.jsonl');
    const datasetDir = join(bench().dir, `cancelled-${String(after)}`);
    const abort = new AbortController();
    let reports = 0;
    let cancelledAt = 0;
    const run = importFile(
      { sourcePath: path, datasetDir, stagingToken: 't' },
      () => {
        reports += 1;
        if (reports !== after) return;
        cancelledAt = performance.now();
        abort.abort();
      },
      abort.signal,
    );
    await expect(run).rejects.toThrow();
    expect(performance.now() - cancelledAt).toBeLessThan(500);
    expect(await readdir(bench().dir)).not.toContain(`cancelled-${String(after)}`);
  });

  it('reports progress that only rises and ends at the whole', async () => {
    const path = await bench().write(many, 'progress.jsonl');
    const seen: ImportProgress[] = [];
    await importFile(
      { sourcePath: path, datasetDir: join(bench().dir, 'progress'), stagingToken: 't' },
      (progress) => seen.push(progress),
    );
    expect(seen.map(({ bytes_done }) => bytes_done)).toEqual(
      seen.map(({ bytes_done }) => bytes_done).toSorted((a, b) => a - b),
    );
    expect(seen.at(-1)).toMatchObject({
      bytes_done: Buffer.byteLength(many),
      bytes_total: Buffer.byteLength(many),
      records: 120_000,
      problems: 0,
    });
  });
});
