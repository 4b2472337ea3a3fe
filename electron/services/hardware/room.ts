import type { HardwareState } from '../../../src/lib/types/system';

export interface Room {
  readonly total: number;
  readonly free: number;
}

/** Of all memory, where a run of ours holds what is not free now: it ends before the next one begins. */
const LEFT_AFTER_OURS = 0.85;

/** Memory that the next run will find. */
export const roomForNext = (
  hardware: Pick<HardwareState, 'gpus' | 'memory_total_bytes' | 'memory_free_bytes'>,
  isAtWork: boolean,
): Room => {
  const { total, free } = roomOf(hardware);
  return { total, free: isAtWork ? Math.max(free, Math.floor(LEFT_AFTER_OURS * total)) : Math.max(0, free) };
};

/** Memory of the first card, or of the machine where there is none. */
const roomOf = ({
  gpus,
  memory_total_bytes,
  memory_free_bytes,
}: Pick<HardwareState, 'gpus' | 'memory_total_bytes' | 'memory_free_bytes'>): Room => {
  const [gpu] = gpus;
  return gpu
    ? { total: gpu.memory_total_bytes, free: gpu.memory_total_bytes - gpu.memory_used_bytes }
    : { total: memory_total_bytes, free: memory_free_bytes };
};
