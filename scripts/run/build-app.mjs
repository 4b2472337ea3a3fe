import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';

import { acquireLock } from '../setup/setup-lock.mjs';
import { writeStamp } from '../setup/stamp.mjs';
import { buildStampIn, fingerprintOfSources, isBuildFresh } from './build-freshness.mjs';

const PARTS = { renderer: 'renderer', main: 'electron', preload: 'electron' };

/** Builds beside the running build and swaps it in whole: another command may be using the old one. */
export async function buildApp(root) {
  const lock = await acquireLock(join(root, '.cache', 'build-lock'), ({ pid }) =>
    process.stderr.write(`Another build (process ${pid}) is at work here; waiting for it.\n`),
  );
  try {
    if (isBuildFresh(root)) return;
    const fingerprint = fingerprintOfSources(root);
    const next = join(root, 'dist-next');
    rmSync(next, { recursive: true, force: true });
    for (const [part, folder] of Object.entries(PARTS))
      await buildPart({ root, part, outDir: join(next, folder) });
    writeStamp(buildStampIn(next), { fingerprint });
    swap(next, join(root, 'dist'));
  } finally {
    lock.release();
  }
}

async function buildPart({ root, part, outDir }) {
  await build({
    configFile: join(root, 'vite.config.ts'),
    mode: part,
    logLevel: 'warn',
    build: { outDir, emptyOutDir: false },
  });
}

function swap(next, dist) {
  const outdated = `${next}-outdated`;
  rmSync(outdated, { recursive: true, force: true });
  if (existsSync(dist)) renameSync(dist, outdated);
  renameSync(next, dist);
  rmSync(outdated, { recursive: true, force: true });
}
