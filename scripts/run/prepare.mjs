import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { formatSeconds } from '../setup/format.mjs';
import { nodeIn } from '../setup/npm.mjs';
import { pathsIn, projectRoot } from '../setup/paths.mjs';
import { setUp } from '../setup/set-up.mjs';
import { isBuildFresh } from './build-freshness.mjs';

/**
 * Makes a clone ready for a purpose; says what it does on stderr only.
 * @param {'terminal' | 'window' | 'tests'} purpose
 */
export async function prepare(purpose) {
  await setUp(purpose);
  const paths = pathsIn(projectRoot);
  if (!isBuildFresh(projectRoot)) build(paths);
  return { paths, node: nodeIn(paths.nodeModules), cliFile: join(projectRoot, 'dist', 'electron', 'cli.js') };
}

function build({ root, nodeModules }) {
  const startedMs = performance.now();
  process.stderr.write('Building Pipeline …\n');
  const builder = join(root, 'scripts', 'build.mjs');
  // What the build says must not reach stdout: a command's JSON follows there.
  const { status } = spawnSync(nodeIn(nodeModules), [builder], { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) {
    process.stderr.write('Pipeline could not be built; the lines above say where.\n');
    process.exit(1);
  }
  process.stderr.write(`Built in ${formatSeconds(performance.now() - startedMs)}.\n`);
}
