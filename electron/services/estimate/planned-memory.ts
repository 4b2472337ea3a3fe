import { lengthBytes } from '../../../src/lib/training/memory';
import {
  correctionOf,
  type MeasuredRun,
  probeOf,
  runsLike,
} from '../../../src/lib/training/memory-correction';
import {
  longestOf,
  memoryBand,
  planMemory,
  probedBand,
  uncounted,
} from '../../../src/lib/training/memory-plan';
import type { BaseModel } from '../../../src/lib/types/base-model';
import type { HardwareState } from '../../../src/lib/types/system';
import type { TrainingSettings } from '../../../src/lib/types/training-settings';
import type { Room } from '../hardware/room';
import { memoryMethod } from './memory-method';

/** What decides the memory of a run beside its settings. */
export interface MemoryFacts {
  readonly longest: number;
  readonly trained_share: number;
  readonly past: readonly MeasuredRun[];
}

interface Known {
  readonly model: BaseModel;
  readonly hardware: Pick<HardwareState, 'gpus' | 'cpu_bf16'>;
  readonly room: Pick<Room, 'free' | 'beside'>;
  readonly isAtWork: boolean;
}

const each = (processes: number, method: string): string =>
  processes === 1 ? method : `Of each of ${processes} processes. ${method}`;

/** What its memory and its speed follow from first. */
export const plannedRun = (
  { model, hardware: { gpus, cpu_bf16 } }: Pick<Known, 'model' | 'hardware'>,
  settings: TrainingSettings,
) => ({ model, settings, device: gpus.length > 0 ? ('cuda' as const) : ('cpu' as const), cpu_bf16 });

/** How a run is laid out so that it fits, what it then holds, and how that is known. */
export const plannedMemory = (
  known: Known,
  settings: TrainingSettings,
  { longest, trained_share, past }: MemoryFacts,
) => {
  const planned = plannedRun(known, settings);
  const { processes } = settings;
  const run = {
    ...uncounted({ ...planned, correction: correctionOf(past, planned) }),
    longest_row: Math.max(1, Math.min(longest, longestOf(settings))),
    trained_share,
    beside: known.room.beside,
    processes,
  };
  const plan = planMemory(run, known.room.free);
  const probe = probeOf(past, { ...run, plan });
  const measured = runsLike(past, planned);
  const method = memoryMethod(plan, {
    ...known,
    runs: measured.filter(({ probed }) => probed !== true).length,
    probes: measured.filter(({ probed }) => probed === true).length,
    isProbed: probe !== null,
    length_bytes: lengthBytes({ ...run, ...probe, plan }),
  });
  return {
    plan,
    memory: probe ? probedBand({ ...run, ...probe }, plan) : memoryBand(run, plan),
    method: each(processes, method),
  };
};
