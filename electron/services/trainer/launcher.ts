import { findPython, type RuntimePlaces } from './runtime';
import { type RunningTrainer, TrainerProcess, type TrainerStart } from './trainer-process';

export interface LauncherOptions extends RuntimePlaces {
  readonly trainerDir: string;
  readonly cacheDir: string;
}

/** Starts trainers; a card is made the only one that its trainer can see. */
export const createLauncher =
  (options: LauncherOptions) =>
  async (start: TrainerStart, device: string): Promise<RunningTrainer> => {
    const { trainerDir, cacheDir } = options;
    const env = device === 'cpu' ? options.env : { ...options.env, CUDA_VISIBLE_DEVICES: device };
    return new TrainerProcess({ python: await findPython(options), trainerDir, cacheDir, env }, start);
  };
