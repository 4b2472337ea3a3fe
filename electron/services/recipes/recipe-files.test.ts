import { mkdir, mkdtemp, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { toErrorPayload } from '../../../src/lib/messages/app-error';
import { readRecipeFile, writeRecipeFile } from './recipe-files';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'recipes ü '));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const at = (name: string): string => join(dir, name);

it('writes the whole file over what was there, and reads it again', async () => {
  await writeFile(at('mine.json'), 'an older one');
  const recipe = { preset: 'aggressive', changes: { lora_rank: 64, max_steps: null } } as const;
  await writeRecipeFile(at('mine.json'), recipe);
  expect(await readdir(dir)).toEqual(['mine.json']);
  expect(JSON.parse(await readFile(at('mine.json'), 'utf8'))).toEqual({
    preset: 'aggressive',
    settings: { lora_rank: 64, max_steps: null },
  });
  expect(await readRecipeFile(at('mine.json'))).toEqual(recipe);
});

it('says why a file cannot be written', async () => {
  await expect(writeRecipeFile(at('gone/mine.json'), { changes: {} })).rejects.toMatchObject({
    code: 'file_unwritable',
  });
});

it.each([
  ['missing.json', 'not_found', 'There is no file'],
  ['folder', 'invalid_request', 'is a folder'],
  ['broken.json', 'not_found', 'There is no file'],
  ['good.json/inner.json', 'not_found', 'There is no file'],
  ['around.json', 'invalid_request', 'cannot be read: ELOOP'],
  ['large.json', 'invalid_request', 'is larger than 1 MB'],
  ['text.json', 'invalid_request', 'text.json is not JSON'],
  ['wrong.json', 'invalid_setting', 'wrong.json: lora_rank is 0; it may be a whole number from 1 to 256'],
])('refuses %s with the reason', async (name, code, words) => {
  await writeFile(at('good.json'), '{}');
  await symlink(at('gone.json'), at('broken.json'));
  await symlink(at('around.json'), at('around.json'));
  await mkdir(at('folder'));
  await writeFile(at('large.json'), '{}');
  await truncate(at('large.json'), 1_000_001);
  await writeFile(at('text.json'), 'lora_rank: 8');
  await writeFile(at('wrong.json'), '{"lora_rank":0}');
  const refusal = await readRecipeFile(at(name)).catch(toErrorPayload);
  expect(refusal).toMatchObject({ code });
  expect(JSON.stringify(refusal)).toContain(words);
});

it('reads the file that a link leads to', async () => {
  await writeFile(at('good.json'), '{"seed":3}');
  await symlink(at('good.json'), at('link.json'));
  expect(await readRecipeFile(at('link.json'))).toEqual({ changes: { seed: 3 } });
});
