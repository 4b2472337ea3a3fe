import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { projectRoot } from '../setup/paths.mjs';
import { writeStamp } from '../setup/stamp.mjs';
import { scratchFolder } from '../setup/testing/scratch-folder.mjs';
import { buildStampIn, fingerprintOfSources, isBuildFresh } from './build-freshness.mjs';

function builtProject() {
  const root = scratchFolder();
  mkdirSync(join(root, 'src'));
  writeFileSync(join(root, 'src', 'kept.ts'), 'export {};');
  writeFileSync(join(root, 'src', 'gone.ts'), 'export {};');
  writeStamp(buildStampIn(join(root, 'dist')), { fingerprint: fingerprintOfSources(root) });
  return root;
}

test('a build stays fresh until a source is changed, added or removed', () => {
  const root = builtProject();
  expect(isBuildFresh(root)).toBe(true);
  writeFileSync(join(root, 'src', 'kept.test.ts'), 'a test is not built');
  expect(isBuildFresh(root)).toBe(true);
  rmSync(join(root, 'src', 'gone.ts'));
  expect(isBuildFresh(root)).toBe(false);
});

test('a changed source makes a build stale', () => {
  const root = builtProject();
  writeFileSync(join(root, 'src', 'kept.ts'), 'export const added = 1;');
  expect(isBuildFresh(root)).toBe(false);
});

test('asking costs less than 100 ms on this project', () => {
  const startedMs = performance.now();
  isBuildFresh(projectRoot);
  expect(performance.now() - startedMs).toBeLessThan(100);
});
