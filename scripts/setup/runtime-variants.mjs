import { ask } from './ask.mjs';

/**
 * One lock for each CUDA generation, the newest first; each says the oldest driver that can run it.
 * The product's own number is OLDEST_DRIVER in src/lib/messages/hardware-checks.ts, which plain
 * Node cannot load; the test holds the two together.
 * @type {readonly {name: string, oldestDriver: number, lock: string}[]}
 */
export const RUNTIME_VARIANTS = [{ name: 'cu13', oldestDriver: 580, lock: 'cu13.txt' }];

/** The variant for this machine's driver, with a warning when the card cannot run any. */
export function chooseVariant(driver) {
  const fitting = RUNTIME_VARIANTS.find(
    ({ oldestDriver }) => driver === null || driver.major >= oldestDriver,
  );
  if (fitting) return { variant: fitting, warning: null };
  const variant = RUNTIME_VARIANTS.at(-1);
  return {
    variant,
    warning:
      `This machine's NVIDIA driver is ${driver.version}, and the training runtime needs ${variant.oldestDriver} or newer: ` +
      'training will run on the processor until the driver is renewed.',
  };
}

export function readDriver() {
  const args = ['--query-gpu=driver_version', '--format=csv,noheader'];
  const [version] = (ask('nvidia-smi', args) ?? '').split('\n');
  const major = Number.parseInt(version, 10);
  return Number.isNaN(major) ? null : { version, major };
}
