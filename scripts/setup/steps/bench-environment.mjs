import { existsSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import { ask } from '../ask.mjs';
import { replaceFolder } from '../replace-folder.mjs';
import { fingerprintOf, fingerprintOfFile, hasStamp, readStamp, stampIn } from '../stamp.mjs';
import { pinned, pythonIn, runUv } from './python-runtime.mjs';

export const benchPythonIn = ({ benchDir }) => join(benchDir, 'bin', 'python');

/** The rivals, beside the trainer's environment: that one must not grow by them, and its torch serves both. */
export const benchEnvironment = {
  title: 'Rivals for the benchmarks',
  registry: 'Python package index',
  downloadBytes: 90e6,
  diskBytes: 400e6,
  isDone: ({ paths }) =>
    existsSync(benchPythonIn(paths)) && hasStamp(stampIn(paths.benchDir), fingerprint(paths)),
  async run(context) {
    const { paths } = context;
    await replaceFolder({ folder: paths.benchDir, partialDir: paths.partialDir }, async (partial) => {
      const args = ['venv', '--relocatable', '--allow-existing', '--python', pythonIn(paths), partial];
      await runUv(args, context);
      const python = join(partial, 'bin', 'python');
      await runUv(['pip', 'sync', ...pinned(python), lockIn(paths)], context);
      const own = packagesOf(python);
      const final = join(paths.benchDir, relative(partial, own));
      // Read after the environment's own packages, which go first; relative, because a clone may be moved.
      writeFileSync(join(own, 'runtime.pth'), `${relative(final, packagesOf(pythonIn(paths)))}\n`);
      return { fingerprint: fingerprint(paths) };
    });
  },
};

const packagesOf = (python) => ask(python, ['-c', 'import sysconfig; print(sysconfig.get_path("purelib"))']);
const lockIn = ({ requirementsDir }) => join(requirementsDir, 'bench.txt');

// Belongs to one runtime, whose packages it uses.
function fingerprint(paths) {
  const runtime = readStamp(stampIn(paths.pythonDir))?.fingerprint ?? '';
  return fingerprintOf(runtime, fingerprintOfFile(lockIn(paths)));
}
