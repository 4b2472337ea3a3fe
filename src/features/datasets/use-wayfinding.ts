import { useState } from 'react';
import { attempt } from '../../attempt';
import { formatCount } from '../../components/format';
import { nextAfter } from './next-after';
import type { Places } from './use-places';
import type { Flag, Flagged } from './use-flags';
import type { Records } from './use-records';

interface Journey {
  readonly places: Places;
  /** Null until it is known. */
  readonly maxLength: number | null;
  readonly records: Records;
  /** What is known of the records, and of the lines of which nothing is used. */
  readonly flagged: Flagged;
}

const wrapWords = (next: number, at: number): string | null => {
  if (next === at) return 'This is the only one.';
  return next < at ? 'That was the last one: this is the first again.' : null;
};

/** Of all that has one: what is left out, what a run refuses, what is odd, what repeats an earlier record. */
const problemPlaces = async (places: Places, flagged: Flagged): Promise<readonly number[]> => {
  const [odd, repeated] = await Promise.all([places.problem(), places.duplicate()]);
  // What is refused is known once tokens are counted, which nobody wants to wait for here.
  const flags = [...flagged.of].filter(([, of]) => of.some(isUnused)).map(([index]) => index);
  return [...new Set([...flags, ...odd.indexes, ...repeated.indexes])];
};

const isUnused = ({ kind }: Flag): boolean => kind === 'refused' || kind === 'rejected';

/** The ways from one record to the next, the next that is cut, the next with a problem. */
export const useWayfinding = ({ places, maxLength, records, flagged }: Journey) => {
  const [says, setSays] = useState<string | null>(null);
  const go = (title: string, none: string, find: () => Promise<readonly number[]>) =>
    void attempt(title, async () => {
      const at = records.current?.index ?? -1;
      const next = nextAfter(await find(), at);
      setSays(next === null ? none : wrapWords(next, at));
      if (next !== null) records.goTo(next);
    });
  return {
    says,
    next: () => records.move(1),
    previous: () => records.move(-1),
    nextCut: () => {
      if (!places.canCut || maxLength === null) return;
      setSays('Counting tokens…');
      go(
        'The next record that is cut was not found',
        `None is longer than ${formatCount(maxLength)} tokens.`,
        async () => (await places.cut()).indexes,
      );
    },
    nextProblem: () =>
      go('The next problem was not found', 'No line has a problem.', () => problemPlaces(places, flagged)),
  };
};

export type Wayfinding = ReturnType<typeof useWayfinding>;
