import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { fingerprintOf, hasStamp } from '../setup/stamp.mjs';

const SOURCES = ['src', 'electron', 'package.json', 'package-lock.json', 'tsconfig.json', 'vite.config.ts'];
const NOT_BUILT = /\.test\.tsx?$/;

export const buildStampIn = (distDir) => join(distDir, '.build.json');

export function isBuildFresh(root) {
  return hasStamp(buildStampIn(join(root, 'dist')), fingerprintOfSources(root));
}

/** Names, sizes and times in place of contents: asked before every command, so it must cost nothing. */
export function fingerprintOfSources(root) {
  return fingerprintOf(...SOURCES.flatMap((source) => describe(join(root, source))));
}

function describe(path) {
  if (!existsSync(path)) return [];
  const stat = statSync(path);
  if (!stat.isDirectory()) return [`${path}:${stat.size}:${stat.mtimeMs}`];
  const names = readdirSync(path).filter((name) => !NOT_BUILT.test(name));
  return names.sort().flatMap((name) => describe(join(path, name)));
}
