import { useState } from 'react';
import { api } from '../../api';
import { SameAnswer } from '../../lib/same-answer';
import type { BaseModel } from '../../lib/types/base-model';
import { ANY_PROBLEM } from '../../lib/types/dataset-records';
import type { Dataset } from '../../lib/types/lora-training';

const noPlaces = () => new SameAnswer<readonly number[]>();

interface Asked {
  readonly dataset: Dataset;
  readonly model: BaseModel | undefined;
  /** Null until it is known. */
  readonly maxLength: number | null;
}

/** Where, from 0, the records are that are cut, have a problem or repeat an earlier one; each is found once. */
export const usePlaces = ({ dataset: { id, validated_at }, model, maxLength }: Asked) => {
  // Each answer takes a look at all records.
  const [known] = useState(() => ({ cut: noPlaces(), problem: noPlaces(), duplicate: noPlaces() }));
  const version = JSON.stringify([id, validated_at]);
  const cutting = model && maxLength !== null ? { base_model_id: model.id, max_length: maxLength } : null;
  return {
    /** Names all that decides the answers. */
    key: JSON.stringify([version, cutting]),
    canCut: cutting !== null,
    cut: async () =>
      cutting === null
        ? []
        : known.cut.to(
            JSON.stringify([version, cutting]),
            async () => (await api.datasets.over_limit({ id, ...cutting })).indexes,
          ),
    problem: () =>
      known.problem.to(
        version,
        async () => (await api.datasets.record_ids({ id, query: '', problem: ANY_PROBLEM })).indexes,
      ),
    duplicate: () =>
      known.duplicate.to(version, async () => (await api.datasets.repeated_ids({ id })).indexes),
  };
};

export type Places = ReturnType<typeof usePlaces>;
