import { isNewEnough, OLDEST_DRIVER } from '../../../src/lib/messages/hardware-checks';
import type { HardwareState } from '../../../src/lib/types/system';
import type { GpuReading } from './nvidia-smi';

/** The cards that training can use, and why not the others; `driver` is named also where it is too old. */
export const usableCards = ({
  gpus,
  problem,
}: GpuReading): Pick<HardwareState, 'gpus' | 'problem' | 'driver'> => {
  const other = gpus.find(({ driver }) => !isNewEnough(driver));
  return {
    gpus: gpus.filter(({ driver }) => isNewEnough(driver)),
    driver: gpus[0]?.driver ?? null,
    problem: other
      ? `${other.name} is not used: driver ${other.driver} is too old, training needs ${OLDEST_DRIVER} or later.`
      : problem,
  };
};
