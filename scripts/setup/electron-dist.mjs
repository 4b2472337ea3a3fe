import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

// Electron 36 is the first whose Node carries Node-API 10, which better-sqlite3's own binaries need.
const FIRST_MAJOR_WITH_NODE_API_10 = 36;

/** The Electron that development and tests start: the developer's own where one is named. */
export function electronDist({ electronDir }, env = process.env) {
  return env.ELECTRON_OVERRIDE_DIST_PATH || electronDir;
}

export const electronExecutable = (paths, env = process.env) => join(electronDist(paths, env), 'electron');

export function needsOlderNodeApi(paths, env = process.env) {
  const versionFile = join(electronDist(paths, env), 'version');
  if (!existsSync(versionFile)) return true;
  return (
    Number.parseInt(readFileSync(versionFile, 'utf8').replace(/^v/, ''), 10) < FIRST_MAJOR_WITH_NODE_API_10
  );
}
