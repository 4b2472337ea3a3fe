import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { ask } from '../ask.mjs';
import { needsOlderNodeApi } from '../electron-dist.mjs';
import { runCommand } from '../run-command.mjs';
import { SetupError } from '../setup-error.mjs';

const LIBRARY_DIRS = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/lib64',
  '/usr/lib',
  '/lib64',
];

/** Ubuntu 24.04 renamed some: the first name that apt knows is taken. */
const WINDOW_NEEDS = [
  { packages: ['libnss3'], library: 'libnss3.so' },
  { packages: ['libatk1.0-0t64', 'libatk1.0-0'], library: 'libatk-1.0.so.0' },
  { packages: ['libatk-bridge2.0-0t64', 'libatk-bridge2.0-0'], library: 'libatk-bridge-2.0.so.0' },
  { packages: ['libcups2t64', 'libcups2'], library: 'libcups.so.2' },
  { packages: ['libdrm2'], library: 'libdrm.so.2' },
  { packages: ['libgbm1'], library: 'libgbm.so.1' },
  { packages: ['libgtk-3-0t64', 'libgtk-3-0'], library: 'libgtk-3.so.0' },
  { packages: ['libasound2t64', 'libasound2'], library: 'libasound.so.2' },
  { packages: ['libxss1'], library: 'libXss.so.1' },
  { packages: ['libxtst6'], library: 'libXtst.so.6' },
  { packages: ['libxshmfence1'], library: 'libxshmfence.so.1' },
  { packages: ['dbus'], command: 'dbus-daemon' },
];
const COMPILER = [{ packages: ['g++'], command: 'c++' }];
const VIRTUAL_DISPLAY = [
  { packages: ['xvfb'], command: 'xvfb-run' },
  { packages: ['xauth'], command: 'xauth' },
];

export const windowPackages = {
  ...systemPackages('Debian packages for the window', WINDOW_NEEDS),
  preflight: () => requireInstallable(unmet(WINDOW_NEEDS)),
};

export const displayPackages = {
  ...systemPackages('Debian packages for a virtual display', VIRTUAL_DISPLAY),
  preflight: () => requireInstallable(unmet(VIRTUAL_DISPLAY)),
};

const compiler = systemPackages('Debian packages for building SQLite', COMPILER);

/** No preflight: only the Electron that was found says whether it is needed. */
export const compilerPackages = {
  ...compiler,
  isDone: (context) => !needsOlderNodeApi(context.paths) || compiler.isDone(context),
};

/** What the system itself must bring: installed by name as root, otherwise asked for in one command. */
function systemPackages(title, needs) {
  return {
    title,
    registry: 'Debian package archive',
    downloadBytes: 60e6,
    diskBytes: 250e6,
    isDone: () => process.platform !== 'linux' || unmet(needs).length === 0,
    run: (context) => install(unmet(needs), context),
  };
}

const unmet = (needs) => needs.filter((need) => !isMet(need));

function isMet({ library, command }) {
  if (command) return isOnPath(command);
  return LIBRARY_DIRS.some((folder) => existsSync(join(folder, library)));
}

const isOnPath = (command) =>
  process.env.PATH.split(delimiter).some((folder) => existsSync(join(folder, command)));

function requireInstallable(needs) {
  const names = namesFor(needs).join(' ');
  if (!isOnPath('apt-get')) {
    throw new SetupError(
      `This system lacks what Debian calls ${names}: install these with its package manager and run the same command again.`,
    );
  }
  if (process.getuid() === 0) return;
  throw new SetupError(
    `This system lacks some packages: run "sudo apt-get install ${names}" and then the same command again.`,
  );
}

async function install(needs, context) {
  requireInstallable(needs);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await runCommand({ command: 'apt-get', args: ['update', '-qq'], env }, context);
  const names = namesFor(needs);
  context.progress.say(`Installing these Debian packages: ${names.join(' ')}`);
  const args = ['install', '-y', '-qq', '--no-install-recommends', ...names];
  await runCommand({ command: 'apt-get', args, env }, context);
}

const namesFor = (needs) => needs.map(({ packages }) => packages.find(isInArchive) ?? packages.at(-1));

const isInArchive = (name) => ask('apt-cache', ['show', '--no-all-versions', name]) !== null;
