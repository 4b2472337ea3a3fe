import { formatCount } from '../../components/format';
import type { JobEvent, MetricsPoint } from '../../lib/types/job-records';

/** How long each part of a run of “Try it” took, in ms, in the order in which the page tells them. */
export interface TryItPhases {
  readonly load: number;
  readonly untouched: number;
  readonly train: number;
  readonly again: number;
}

interface Told {
  readonly events: readonly JobEvent[];
  readonly points: readonly MetricsPoint[];
}

/** Where a part begins along the whole, in words. */
interface Begun {
  readonly phase: keyof TryItPhases;
  readonly ms: number;
  readonly at: string;
}

const ORDER: readonly (keyof TryItPhases)[] = ['load', 'untouched', 'train', 'again'];

const seconds = (ms: number): string => formatCount(Math.round(ms / 1000));

/** The parts along their time, in seconds; the first and the end name the unit. */
export const phasesAlong = (
  phases: TryItPhases,
): { readonly parts: readonly Begun[]; readonly end: string } => {
  const until = (count: number) => ORDER.slice(0, count).reduce((sum, phase) => sum + phases[phase], 0);
  const parts = ORDER.map((phase, index) => ({
    phase,
    ms: phases[phase],
    at: index === 0 ? '0 s' : seconds(until(index)),
  }));
  return { parts, end: `≈ ${seconds(until(ORDER.length))} s` };
};

/** Null where the run does not tell all of them. */
export const tryItPhases = ({ events, points }: Told): TryItPhases | null => {
  const timeOf = (wanted: (event: JobEvent) => boolean) => Date.parse(events.find(wanted)?.time ?? '');
  const [first, last] = [points.at(0), points.at(-1)];
  const starts = timeOf(({ event }) => event === 'hello');
  const loaded = timeOf(({ event, payload }) => event === 'stage' && payload['name'] === 'training');
  const trains = Date.parse(first?.timestamp ?? '') - (first?.step_ms ?? 0);
  const trained = Date.parse(last?.timestamp ?? '');
  const ends = timeOf(({ event }) => event === 'completed');
  const phases = {
    load: loaded - starts,
    untouched: trains - loaded,
    train: trained - trains,
    again: ends - trained,
  };
  return Object.values(phases).every((ms) => ms >= 0) ? phases : null;
};
