import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isWhole } from './checkpoint-check';

const WEIGHTS = 'adapter_model.safetensors';
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pipeline-checkpoint-'));
  await writeFile(join(folder, WEIGHTS), '');
  const sha256 = createHash('sha256').update('').digest('hex');
  await writeFile(
    join(folder, 'manifest.json'),
    JSON.stringify({ files: { [WEIGHTS]: { size_bytes: 0, sha256 } } }),
  );
});

afterEach(() => rm(folder, { recursive: true, force: true }));

it('is whole as it was written', async () => {
  expect(await isWhole(folder)).toBe(true);
});

it.each(['manifest.json', WEIGHTS])('is damaged where %s is a folder', async (name) => {
  await rm(join(folder, name));
  await mkdir(join(folder, name));
  expect(await isWhole(folder)).toBe(false);
});

it.skipIf(process.platform === 'win32').each(['manifest.json', WEIGHTS])(
  'is damaged, and not waited for, where %s is a pipe',
  async (name) => {
    await rm(join(folder, name));
    execFileSync('sh', ['-c', 'mkfifo "$1"', 'sh', join(folder, name)]);
    expect(await isWhole(folder)).toBe(false);
  },
);
