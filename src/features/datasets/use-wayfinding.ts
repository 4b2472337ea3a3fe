import { useState } from 'react';
import { api } from '../../api';
import { attempt } from '../../attempt';
import { formatCount } from '../../components/format';
import type { BaseModel } from '../../lib/types/base-model';
import { ANY_PROBLEM } from '../../lib/types/dataset-records';
import type { Dataset } from '../../lib/types/lora-training';
import { nextAfter } from './next-after';
import type { Records } from './use-records';

interface Journey {
  readonly dataset: Dataset;
  readonly model: BaseModel | undefined;
  readonly maxLength: number;
  readonly records: Records;
}

/** The ways from one record to the next, the next that is cut, the next with a problem. */
export const useWayfinding = ({ dataset: { id }, model, maxLength, records }: Journey) => {
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
      if (!model) return;
      setSays('Counting tokens…');
      go(
        'The next record that is cut was not found',
        `None is longer than ${formatCount(maxLength)} tokens.`,
        async () => {
          const asked = { id, base_model_id: model.id, max_length: maxLength };
          return (await api.datasets.over_limit(asked)).indexes;
        },
      );
    },
    nextProblem: () =>
      go('The next problem was not found', 'No record in use has a problem.', async () => {
        const found = await api.datasets.record_ids({ id, query: '', problem: ANY_PROBLEM });
        return found.indexes;
      }),
  };
};

export type Wayfinding = ReturnType<typeof useWayfinding>;
