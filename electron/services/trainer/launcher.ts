import { findPython, type RuntimePlaces } from './runtime';
import { type RunningTrainer, TrainerProcess, type TrainerStart } from './trainer-process';

export interface LauncherOptions extends RuntimePlaces {
  readonly trainerDir: string;
  readonly cacheDir: string;
}

/** Cards are made the only ones that a trainer can see. */
export const onDevices = (env: NodeJS.ProcessEnv, devices: readonly string[]): NodeJS.ProcessEnv =>
  devices.includes('cpu') ? env : { ...env, CUDA_VISIBLE_DEVICES: devices.join(',') };

/** Starts trainers, each on its devices. */
export const createLauncher =
  (options: LauncherOptions) =>
  async (start: TrainerStart, devices: readonly string[]): Promise<RunningTrainer> => {
    const { trainerDir, cacheDir } = options;
    const env = onDevices(options.env, devices);
    return new TrainerProcess({ python: await findPython(options), trainerDir, cacheDir, env }, start);
  };
