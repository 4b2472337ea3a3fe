import { MEMORY_BAND } from '../../../src/lib/training/memory-plan';
import { formatMemory } from '../../../src/lib/messages/format';
import type { BaseModel } from '../../../src/lib/types/base-model';
import type { MemoryPlan } from '../../../src/lib/types/run-folder';

interface Measured {
  /** Finished runs of such a base model, and probes of other runs with one. */
  readonly runs: number;
  readonly probes: number;
  /** Whether this very run was probed. */
  readonly isProbed: boolean;
}

const percent = (share: number): string => `± ${Math.round(100 * share)} %`;

const counted = (count: number, one: string, many: string): string[] =>
  count === 0 ? [] : [count === 1 ? one : `${count} ${many}`];

const basis = ({ runs, probes, isProbed }: Measured): string => {
  if (isProbed)
    return `As two steps at the longest row held on this machine; ${percent(MEMORY_BAND.probed)}.`;
  if (runs + probes === 0)
    return `≈ from weights, adapter, activations at the longest row and loss; ${percent(MEMORY_BAND.cold)} until a run was measured here.`;
  const past = [...counted(runs, 'one past run', 'past runs'), ...counted(probes, 'one probe', 'probes')];
  return `As the most that ${past.join(' and ')} of this architecture used on this machine tell; up to ${Math.round(100 * MEMORY_BAND.measured)} % more.`;
};

const recomputed = ({ recompute_layers, recompute_mlps }: MemoryPlan, layers: number): string => {
  if (recompute_layers > 0)
    return ` So that it fits, ${recompute_layers} of ${layers} layers are computed twice, which takes up to a third longer.`;
  if (recompute_mlps > 0)
    return ` So that it fits, the widest part of ${recompute_mlps} of ${layers} layers is computed twice, which takes up to a quarter longer.`;
  return '';
};

const MOVED = {
  kept: '',
  offloaded:
    ' So that it fits, the base model lies in the computer’s memory, and each of its layers is copied to the card when it is needed, which takes longer.',
  sharded:
    ' So that it fits, the processes hold a part of the base model each, in the computer’s memory, and bring every layer together when it is needed, which takes much longer.',
} as const;

const AFTER_OURS = ' What the run at work holds counts as free: it ends before this one begins.';

const furtherUp = (bytes: number): string =>
  bytes === 0
    ? ''
    : ` Beyond that, rows of differing lengths may leave ${formatMemory(bytes)} in use after many steps on a processor.`;

/** Where the figure of memory comes from, what the run does to fit, and what it fits into. */
export const memoryMethod = (
  plan: MemoryPlan,
  {
    model,
    isAtWork,
    length_bytes,
    ...measured
  }: Measured & {
    readonly model: Pick<BaseModel, 'config'>;
    readonly isAtWork: boolean;
    /** What the upper end of the band has for lengths that differ. */
    readonly length_bytes: number;
  },
): string =>
  basis(measured) +
  furtherUp(length_bytes) +
  MOVED[plan.base ?? 'kept'] +
  recomputed(plan, model.config.num_hidden_layers) +
  (isAtWork ? AFTER_OURS : '');
