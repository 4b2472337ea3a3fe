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
