import { delimiter, join } from 'node:path';
import { execa } from 'execa';

const RESOURCES = join(import.meta.dirname, '..', '..', '..', 'resources');
export const TRAINER_DIR = join(RESOURCES, 'trainer');
export const RUNTIME_PYTHON = join(RESOURCES, 'runtime', 'python', 'bin', 'python');

const MAKE =
  'import sys; from pathlib import Path; from training_builders import make_gpt2; make_gpt2(Path(sys.argv[1]))';

/** A real GPT-2 of random weights in `dir`, made by the builder of the trainer's tests. */
export const makeTinyGpt2 = async (dir: string): Promise<void> => {
  const PYTHONPATH = [TRAINER_DIR, join(TRAINER_DIR, 'tests')].join(delimiter);
  await execa(RUNTIME_PYTHON, ['-c', MAKE, dir], { env: { PYTHONPATH, PYTHONDONTWRITEBYTECODE: '1' } });
};
