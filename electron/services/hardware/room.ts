import type { HardwareState } from '../../../src/lib/types/system';

export interface Room {
  readonly total: number;
  readonly free: number;
  /** Of the computer's own memory, where the base model of a run on a card may lie. */
  readonly beside: number;
}

/** Of all memory, where a run of ours holds what is not free now: it ends before the next one begins. */
const LEFT_AFTER_OURS = 0.85;

/** Memory that the next run will find, for each of its processes; `beside` is for all of them. */
export const roomForNext = (
  hardware: Pick<HardwareState, 'gpus' | 'memory_total_bytes' | 'memory_free_bytes'>,
  isAtWork: boolean,
  processes = 1,
): Room => {
  const { total, free } = roomOf(hardware, processes);
  const { memory_total_bytes, memory_free_bytes } = hardware;
  return {
    total,
    free: freeForNext(total, free, isAtWork),
    beside: freeForNext(memory_total_bytes, memory_free_bytes, isAtWork),
  };
};

const freeForNext = (total: number, free: number, isAtWork: boolean): number =>
  isAtWork ? Math.max(free, Math.floor(LEFT_AFTER_OURS * total)) : Math.max(0, free);

/** Memory of the card that has least of it free, as each process has one; where there is none, a share of the machine's. */
const roomOf = (
  {
    gpus,
    memory_total_bytes,
    memory_free_bytes,
  }: Pick<HardwareState, 'gpus' | 'memory_total_bytes' | 'memory_free_bytes'>,
  processes: number,
): Omit<Room, 'beside'> => {
  const [least] = gpus
    .slice(0, processes)
    .map(({ memory_total_bytes: total, memory_used_bytes: used }) => ({ total, free: total - used }))
    .toSorted((left, right) => left.free - right.free);
  const share = (bytes: number): number => Math.floor(bytes / processes);
  return least ?? { total: share(memory_total_bytes), free: share(memory_free_bytes) };
};
