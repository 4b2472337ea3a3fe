import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';

import { findPython } from '../setup/find-python.mjs';
import { pathsIn } from '../setup/paths.mjs';
import { runCommand } from '../setup/run-command.mjs';

/** The rival, in an environment of its own: the trainer's must not grow by it. */
const RIVAL = 'datasets==5.2.0';

/** The Python of the benchmarks' environment, made where it is missing. */
export async function benchPython(root) {
  const { runtimeDir, logFile } = pathsIn(root);
  const dir = join(runtimeDir, 'bench');
  const python = join(dir, 'bin', 'python');
  const context = { logFile };
  if (!existsSync(python)) {
    process.stderr.write('Making the environment of the benchmarks in resources/runtime/bench …\n');
    mkdirSync(runtimeDir, { recursive: true });
    await runCommand({ command: findPython(), args: ['-m', 'venv', dir] }, context);
  }
  if (spawnSync(python, ['-c', 'import datasets']).status !== 0) {
    process.stderr.write(`Installing ${RIVAL} there, about 90 MB …\n`);
    await runCommand({ command: python, args: ['-m', 'pip', 'install', '--quiet', RIVAL] }, context);
  }
  return python;
}
