import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { pythonIn } from '../setup/steps/python-runtime.mjs';

/**
 * A benchmark of the trainer's package `bench`; its log goes to stderr.
 * @param {object} paths the set-up's
 * @param {string} module like `compare`
 * @param {Record<string, string | string[]>} flags of the module
 */
export async function runPythonBench(paths, module, flags) {
  const given = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, ...[value].flat()]);
  const child = spawn(pythonIn(paths), ['-m', `bench.${module}`, ...given], {
    cwd: paths.trainerDir,
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (said += text));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`The benchmark ended with exit code ${code}; its log is above.`);
  return JSON.parse(said);
}
