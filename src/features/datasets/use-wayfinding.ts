import { useState } from 'react';
import { attempt } from '../../attempt';
import { formatCount } from '../../components/format';
import type { FoundRecords } from '../../lib/types/dataset-numbers';
import { nextAfter } from './next-after';
import type { Places } from './use-places';
import type { Records } from './use-records';

interface Journey {
  readonly places: Places;
  /** Null until it is known. */
  readonly maxLength: number | null;
  readonly records: Records;
}

/** The ways from one record to the next, the next that is cut, the next with a problem. */
export const useWayfinding = ({ places, maxLength, records }: Journey) => {
  const [says, setSays] = useState<string | null>(null);
  const go = (title: string, none: string, find: () => Promise<FoundRecords>) =>
    void attempt(title, async () => {
      const next = nextAfter((await find()).indexes, records.current?.index ?? -1);
      setSays(next === null ? none : null);
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
        places.cut,
      );
    },
    nextProblem: () =>
      go('The next problem was not found', 'No record in use has a problem.', places.problem),
  };
};

export type Wayfinding = ReturnType<typeof useWayfinding>;
