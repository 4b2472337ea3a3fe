import { useState } from 'react';
import { api } from '../../api';
import { attempt } from '../../attempt';
import { formatCount } from '../../components/format';
import type { BaseModel } from '../../lib/types/base-model';
import { ANY_PROBLEM } from '../../lib/types/dataset-records';
import type { Dataset } from '../../lib/types/lora-training';
import { SameAnswer } from '../../lib/same-answer';
import { nextAfter } from './next-after';
import type { Records } from './use-records';

const noPlaces = () => new SameAnswer<readonly number[]>();

interface Journey {
  readonly dataset: Dataset;
  readonly model: BaseModel | undefined;
  /** Null until it is known. */
  readonly maxLength: number | null;
  readonly records: Records;
}

/** The ways from one record to the next, the next that is cut, the next with a problem. */
export const useWayfinding = ({ dataset: { id, validated_at }, model, maxLength, records }: Journey) => {
  // Keys are pressed many times in a row, and each answer takes a look at all records.
  const [known] = useState(() => ({ cut: noPlaces(), problems: noPlaces() }));
  const [says, setSays] = useState<string | null>(null);
  const go = (title: string, none: string, find: () => Promise<readonly number[]>) =>
    void attempt(title, async () => {
      const places = await find();
      const next = nextAfter(places, records.current?.index ?? -1);
      setSays(next === null ? none : null);
      if (next !== null) records.goTo(next);
    });
  return {
    says,
    next: () => records.move(1),
    previous: () => records.move(-1),
    nextCut: () => {
      if (!model || maxLength === null) return;
      setSays('Counting tokens…');
      go(
        'The next record that is cut was not found',
        `None is longer than ${formatCount(maxLength)} tokens.`,
        async () => {
          const asked = { id, base_model_id: model.id, max_length: maxLength };
          return known.cut.to(
            JSON.stringify([asked, validated_at]),
            async () => (await api.datasets.over_limit(asked)).indexes,
          );
        },
      );
    },
    nextProblem: () =>
      go('The next problem was not found', 'No record in use has a problem.', () =>
        known.problems.to(
          JSON.stringify([id, validated_at]),
          async () => (await api.datasets.record_ids({ id, query: '', problem: ANY_PROBLEM })).indexes,
        ),
      ),
  };
};

export type Wayfinding = ReturnType<typeof useWayfinding>;
