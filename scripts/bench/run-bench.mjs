import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { pythonIn } from '../setup/steps/python-runtime.mjs';

/**
 * What a benchmark in Python prints; its log goes to stderr.
 * @param {object} paths the set-up's
 * @param {string} module like `bench.compare`
 * @param {readonly string[]} flags
 */
export async function runBench(paths, module, flags) {
  const child = spawn(pythonIn(paths), ['-m', module, ...flags], {
    cwd: paths.trainerDir,
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (said += text));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`The benchmark ended with exit code ${code}; its log is above.`);
  return said;
}
