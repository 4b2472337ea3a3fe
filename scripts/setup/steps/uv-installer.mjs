import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { ask } from '../ask.mjs';
import { findPython } from '../find-python.mjs';
import { replaceFolder } from '../replace-folder.mjs';
import { runCommand } from '../run-command.mjs';
import { SetupError } from '../setup-error.mjs';
import { fingerprintOfFile, hasStamp, stampIn } from '../stamp.mjs';

export const uvIn = ({ uvDir }) => join(uvDir, 'bin', 'uv');

export const uvInstaller = {
  title: 'Installer for Python packages (uv)',
  registry: 'Python package index',
  downloadBytes: 20e6,
  diskBytes: 70e6,
  isDone: ({ paths }) =>
    existsSync(uvIn(paths)) && hasStamp(stampIn(paths.uvDir), fingerprintOfFile(lockIn(paths))),
  preflight: () => void chooseWay(findPython()),
  async run(context) {
    const { paths } = context;
    const python = findPython();
    await replaceFolder({ folder: paths.uvDir, partialDir: paths.partialDir }, async (partial) => {
      const lockFile = lockIn(paths);
      await chooseWay(python)({ python, partial, lockFile, context });
      return { fingerprint: fingerprintOfFile(lockFile) };
    });
  },
};

const lockIn = ({ requirementsDir }) => join(requirementsDir, 'uv.txt');

// Debian ships Python without pip and without the part of venv that brings it.
function chooseWay(python) {
  if (works(python, ['-m', 'pip', '--version'])) return withPip;
  if (works(python, ['-c', 'import ensurepip, venv'])) return withEnvironment;
  throw new SetupError(
    `${python} has neither pip nor venv, which bring the first package: ` +
      'install them (on Debian or Ubuntu: sudo apt-get install python3-venv) and run the same command again.',
  );
}

const works = (python, args) => ask(python, args) !== null;

const pinned = (lockFile) => ['--require-hashes', '--no-deps', '--disable-pip-version-check', '-r', lockFile];

async function withPip({ python, partial, lockFile, context }) {
  const args = ['-m', 'pip', 'install', '--target', partial, ...pinned(lockFile)];
  await runCommand({ command: python, args }, context);
}

async function withEnvironment({ python, partial, lockFile, context }) {
  await runCommand({ command: python, args: ['-m', 'venv', partial] }, context);
  const args = ['-m', 'pip', 'install', ...pinned(lockFile)];
  await runCommand({ command: join(partial, 'bin', 'python'), args }, context);
}
