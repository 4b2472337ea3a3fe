import type { ExpectedTime } from '../../lib/types/estimate';
import type { TrainingJob } from '../../lib/types/lora-training';

interface QueuePlan {
  /** In how many ms each begins; null where something before it is not known. */
  readonly starts: readonly (number | null)[];
  /** In how many ms the last one ends. */
  readonly end: number | null;
}

/** One after the other, the first once what runs now is done: in `free` ms, null where nobody knows. */
export const planQueue = (
  waiting: readonly TrainingJob[],
  expected: ReadonlyMap<string, ExpectedTime>,
  free: number | null,
): QueuePlan => {
  const starts: (number | null)[] = [];
  let at = free;
  for (const { id } of waiting) {
    starts.push(at);
    const time = expected.get(id)?.time_ms ?? null;
    at = at === null || time === null ? null : at + time.expected;
  }
  return { starts, end: at };
};
