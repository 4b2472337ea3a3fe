import type { HardwareState } from '../../../src/lib/types/system';

export interface Room {
  readonly total: number;
  readonly free: number;
  /** Of the computer's own memory, where the base model of a run on a card may lie. */
  readonly beside: number;
}

/** Of all memory, where a run of ours holds what is not free now: it ends before the next one begins. */
const LEFT_AFTER_OURS = 0.85;

/** Memory that the next run will find. */
export const roomForNext = (
  hardware: Pick<HardwareState, 'gpus' | 'memory_total_bytes' | 'memory_free_bytes'>,
  isAtWork: boolean,
): Room => {
  const { total, free } = roomOf(hardware);
  const { memory_total_bytes, memory_free_bytes } = hardware;
  return {
    total,
    free: freeForNext(total, free, isAtWork),
    beside: freeForNext(memory_total_bytes, memory_free_bytes, isAtWork),
  };
};

const freeForNext = (total: number, free: number, isAtWork: boolean): number =>
  isAtWork ? Math.max(free, Math.floor(LEFT_AFTER_OURS * total)) : Math.max(0, free);

/** Memory of the first card, or of the machine where there is none. */
const roomOf = ({
  gpus,
  memory_total_bytes,
  memory_free_bytes,
}: Pick<HardwareState, 'gpus' | 'memory_total_bytes' | 'memory_free_bytes'>): Omit<Room, 'beside'> => {
  const [gpu] = gpus;
  return gpu
    ? { total: gpu.memory_total_bytes, free: gpu.memory_total_bytes - gpu.memory_used_bytes }
    : { total: memory_total_bytes, free: memory_free_bytes };
};
