import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { modelFoldersIn } from './model-folders';

it('finds folders, and the revisions of repositories in a cache of Hugging Face by their names', async () => {
  const root = mkdtempSync(join(tmpdir(), 'models-'));
  const revisions = [
    'models--HuggingFaceTB--SmolLM2-135M/snapshots/abc',
    'models--HuggingFaceTB--SmolLM2-135M/snapshots/def',
    'models--a--b--c/snapshots/1',
  ];
  for (const path of ['plain', 'models--empty--one', 'models--', ...revisions])
    mkdirSync(join(root, path), { recursive: true });
  writeFileSync(join(root, 'a-file'), '');
  const found = await modelFoldersIn(root);
  expect(new Map(found.map(({ path, name }) => [path.slice(root.length + 1), name]))).toEqual(
    new Map([
      ['plain', null],
      ['models--', null],
      [revisions[0], 'SmolLM2-135M'],
      [revisions[1], 'SmolLM2-135M'],
      [revisions[2], 'b--c'],
    ]),
  );
});
