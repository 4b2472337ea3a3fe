import { existsSync, readFileSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { electronExecutable } from '../electron-dist.mjs';
import { nodeIn } from '../npm.mjs';
import { replaceFolder } from '../replace-folder.mjs';
import { CommandFailed, runCommand } from '../run-command.mjs';
import { SetupError } from '../setup-error.mjs';
import { readStamp, stampIn } from '../stamp.mjs';
import { fillWithStandIn, hasStandIn, standInFingerprint } from './electron-stand-in.mjs';

const RELEASES = 'https://github.com/electron/electron/releases/download/';
const ANSWER_WITHIN_MS = 3_000;
const DOWNLOAD_WITHIN_MS = 15 * 60_000;

export const electron = {
  title: 'Electron for the window',
  registry: 'npm registry',
  downloadBytes: 196e6,
  diskBytes: 700e6,
  isDone: ({ paths }) =>
    existsSync(electronExecutable(paths)) && (isNamedByDeveloper() || isInstalled(paths)),
  preflight: ({ paths }) => requireNamedOne(paths),
  async run(context) {
    const { paths } = context;
    await replaceFolder({ folder: paths.electronDir, partialDir: paths.partialDir }, async (partial) => {
      const version = declaredVersion(paths);
      if (await tryRelease({ version, partial, context })) return { fingerprint: version };
      await fillWithStandIn(partial, context);
      return { fingerprint: standInFingerprint(paths) };
    });
  },
};

const isNamedByDeveloper = () => Boolean(process.env.ELECTRON_OVERRIDE_DIST_PATH);

function requireNamedOne(paths) {
  if (!isNamedByDeveloper()) return;
  throw new SetupError(
    `ELECTRON_OVERRIDE_DIST_PATH names a folder without Electron: ${electronExecutable(paths)} does not exist; ` +
      'correct the variable or unset it and run the same command again.',
  );
}

function isInstalled(paths) {
  const installed = readStamp(stampIn(paths.electronDir))?.fingerprint;
  return installed === declaredVersion(paths) || installed === standInFingerprint(paths);
}

// Read from our lock: the package itself may not be installed yet.
function declaredVersion({ root }) {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devDependencies.electron;
}

async function tryRelease({ version, partial, context }) {
  if (hasStandIn() && !(await answers(version))) {
    context.progress.say(
      'Electron releases cannot be reached from here; using the stand-in from the npm registry.',
    );
    return false;
  }
  try {
    await downloadRelease(partial, context);
    return true;
  } catch (error) {
    if (!(error instanceof CommandFailed) || !hasStandIn()) throw error;
    context.progress.say('The download of Electron failed; using the stand-in from the npm registry.');
    return false;
  }
}

async function answers(version) {
  const mirror = process.env.ELECTRON_MIRROR ?? process.env.npm_config_electron_mirror ?? RELEASES;
  try {
    const url = `${mirror}v${version}/SHASUMS256.txt`;
    return (await fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) })).ok;
  } catch {
    // Whatever the reason, there is no answer; the stand-in follows.
    return false;
  }
}

async function downloadRelease(partial, context) {
  const { nodeModules } = context.paths;
  const packageDir = join(nodeModules, 'electron');
  const installer = join(packageDir, 'install.js');
  await runCommand(
    { command: nodeIn(nodeModules), args: [installer], timeoutMs: DOWNLOAD_WITHIN_MS },
    context,
  );
  await rm(partial, { recursive: true });
  await rename(join(packageDir, 'dist'), partial);
}
