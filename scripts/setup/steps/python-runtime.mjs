import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { onOtherDisk } from '../disk-space.mjs';
import { findPython } from '../find-python.mjs';
import { replaceFolder } from '../replace-folder.mjs';
import { runCommand } from '../run-command.mjs';
import { chooseVariant, readDriver, RUNTIME_VARIANTS } from '../runtime-variants.mjs';
import { fingerprintOf, fingerprintOfFile, readStamp, stampIn, writeStamp } from '../stamp.mjs';
import { uvCacheDir, uvEnvironment } from '../uv.mjs';
import { uvIn } from './uv-installer.mjs';

const DISK_BYTES = 6e9;

export const pythonIn = ({ pythonDir }) => join(pythonDir, 'bin', 'python');

export const pythonRuntime = {
  title: 'Python environment of the trainer',
  registry: 'Python package index',
  downloadBytes: 3.1e9,
  diskBytes: DISK_BYTES,
  // On one disk the environment shares its files with uv's cache.
  elsewhere: ({ paths }) => onOtherDisk({ folder: uvCacheDir(), bytes: DISK_BYTES }, paths.root),
  isDone: ({ paths }) => existsSync(pythonIn(paths)) && isOfSomeVariant(paths),
  preflight: () => void findPython(),
  async run(context) {
    const { paths, progress } = context;
    const { variant, warning } = chooseVariant(readDriver());
    if (warning) progress.say(warning);
    await replaceFolder({ folder: paths.pythonDir, partialDir: paths.partialDir }, async (partial) => {
      await fillEnvironment(partial, lockOf(variant, paths), context);
      return { variant: variant.name, fingerprint: fingerprintOfFile(lockOf(variant, paths)) };
    });
  },
};

export const pythonDevelopment = {
  title: 'Python tools for tests and checks',
  registry: 'Python package index',
  downloadBytes: 30e6,
  diskBytes: 120e6,
  isDone: ({ paths }) => readStamp(developmentStamp(paths))?.fingerprint === developmentFingerprint(paths),
  async run(context) {
    const { paths } = context;
    // Reinstalls what an interrupted run may have left half done.
    const args = ['pip', 'install', '--reinstall', ...pinned(pythonIn(paths)), '-r', developmentLock(paths)];
    await runUv(args, context);
    writeStamp(developmentStamp(paths), { fingerprint: developmentFingerprint(paths) });
  },
};

/** Runs uv with this machine's package index. */
export async function runUv(args, context) {
  const env = uvEnvironment(findPython());
  await runCommand({ command: uvIn(context.paths), args, env }, context);
}

async function fillEnvironment(partial, lockFile, context) {
  // Relocatable: it is made under another name, and a clone may be moved.
  await runUv(['venv', '--relocatable', '--allow-existing', '--python', findPython(), partial], context);
  const python = join(partial, 'bin', 'python');
  await runUv(['pip', 'sync', ...pinned(python), lockFile], context);
  await provePython(python, context);
}

/**
 * Trains two layers. It leaves the byte code of all that a run imports as well: trainers write none, and
 * without it each of them would compile for ten seconds and more before it begins.
 */
async function provePython(command, context) {
  const env = { ...process.env, PYTHONPATH: context.paths.trainerDir, PYTHONDONTWRITEBYTECODE: '' };
  await runCommand({ command, args: ['-m', 'pipeline_trainer', 'selftest'], env }, context);
}

/** uv's options for a lock with hashes, into the environment of `python`. */
export const pinned = (python) => ['--require-hashes', '--python', python];

function isOfSomeVariant(paths) {
  const stamp = readStamp(stampIn(paths.pythonDir));
  const variant = RUNTIME_VARIANTS.find(({ name }) => name === stamp?.variant);
  return variant !== undefined && stamp.fingerprint === fingerprintOfFile(lockOf(variant, paths));
}

const lockOf = ({ lock }, { requirementsDir }) => join(requirementsDir, lock);
const developmentLock = ({ requirementsDir }) => join(requirementsDir, 'dev.txt');
const developmentStamp = ({ pythonDir }) => join(pythonDir, '.stamp-dev.json');

// Belongs to one runtime: a new one starts without these tools.
function developmentFingerprint(paths) {
  const runtime = readStamp(stampIn(paths.pythonDir))?.fingerprint ?? '';
  return fingerprintOf(runtime, fingerprintOfFile(developmentLock(paths)));
}
