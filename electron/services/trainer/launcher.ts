import { findPython, type RuntimePlaces } from './runtime';
import { type RunningTrainer, TrainerProcess, type TrainerStart } from './trainer-process';

export interface LauncherOptions extends RuntimePlaces {
  readonly trainerDir: string;
  readonly cacheDir: string;
}

/** A card is made the only one that a trainer can see. */
export const onDevice = (env: NodeJS.ProcessEnv, device: string): NodeJS.ProcessEnv =>
  device === 'cpu' ? env : { ...env, CUDA_VISIBLE_DEVICES: device };

/** Starts trainers, each on its device. */
export const createLauncher =
  (options: LauncherOptions) =>
  async (start: TrainerStart, device: string): Promise<RunningTrainer> => {
    const { trainerDir, cacheDir } = options;
    const env = onDevice(options.env, device);
    return new TrainerProcess({ python: await findPython(options), trainerDir, cacheDir, env }, start);
  };
