import type { HardwareState } from '../../../src/lib/types/system';

/** Memory that a run could have: of the first card, or of the machine where there is none. */
export const roomOf = ({
  gpus,
  memory_total_bytes,
  memory_free_bytes,
}: Pick<HardwareState, 'gpus' | 'memory_total_bytes' | 'memory_free_bytes'>): {
  readonly total: number;
  readonly free: number;
} => {
  const [gpu] = gpus;
  return gpu
    ? { total: gpu.memory_total_bytes, free: gpu.memory_total_bytes - gpu.memory_used_bytes }
    : { total: memory_total_bytes, free: memory_free_bytes };
};
