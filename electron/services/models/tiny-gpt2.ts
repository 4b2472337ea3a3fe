import { delimiter, join } from 'node:path';
import { execa } from 'execa';

const RESOURCES = join(import.meta.dirname, '..', '..', '..', 'resources');
export const TRAINER_DIR = join(RESOURCES, 'trainer');
export const RUNTIME_PYTHON = join(RESOURCES, 'runtime', 'python', 'bin', 'python');

const MAKE = `import sys, training_builders; from pathlib import Path
getattr(training_builders, sys.argv[1])(Path(sys.argv[2]))`;

/** A real model of random weights in `dir`, made by a builder of the trainer's tests. */
export const makeTinyModel = async (dir: string, builder: 'make_model'): Promise<void> => {
  const PYTHONPATH = [TRAINER_DIR, join(TRAINER_DIR, 'tests')].join(delimiter);
  await execa(RUNTIME_PYTHON, ['-c', MAKE, builder, dir], {
    env: { PYTHONPATH, PYTHONDONTWRITEBYTECODE: '1' },
  });
};
