import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { benchPythonIn } from '../setup/steps/bench-environment.mjs';
import { pythonIn } from '../setup/steps/python-runtime.mjs';

/**
 * The trainer and its rivals in one run; their logs go to stderr.
 * @param {object} paths the set-up's
 * @param {Record<string, string | string[]>} flags of `bench.compare`
 */
export async function compareTrainers(paths, flags) {
  const given = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, ...[value].flat()]);
  const own = ['--bench-python', benchPythonIn(paths), '--base-model', paths.smallModelDir];
  const child = spawn(pythonIn(paths), ['-m', 'bench.compare', ...own, ...given], {
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
