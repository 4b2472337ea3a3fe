import { benchPythonIn } from '../setup/steps/bench-environment.mjs';
import { runBench } from './run-bench.mjs';

/**
 * The trainer and its rivals in one run; their logs go to stderr.
 * @param {object} paths the set-up's
 * @param {Record<string, string | string[]>} flags of `bench.compare`
 */
export async function compareTrainers(paths, flags) {
  const given = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, ...[value].flat()]);
  const own = ['--bench-python', benchPythonIn(paths), '--base-model', paths.smallModelDir];
  return JSON.parse(await runBench(paths, 'bench.compare', [...own, ...given]));
}
