import { useState } from 'react';
import { api } from '../../api';
import { SameAnswer } from '../../lib/same-answer';
import type { BaseModel } from '../../lib/types/base-model';
import type { FoundRecords } from '../../lib/types/dataset-numbers';
import { ANY_PROBLEM } from '../../lib/types/dataset-records';
import type { Dataset } from '../../lib/types/lora-training';

const NOTHING: FoundRecords = { ids: [], indexes: [], truncated: false };

const noPlaces = () => new SameAnswer<FoundRecords>();

interface Asked {
  readonly dataset: Dataset;
  readonly model: BaseModel | undefined;
  /** Null until it is known. */
  readonly maxLength: number | null;
}

/** The records that are cut, have a problem or repeat an earlier one; each kind is looked for once. */
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
        ? NOTHING
        : known.cut.to(JSON.stringify([version, cutting]), () => api.datasets.over_limit({ id, ...cutting })),
    problem: () =>
      known.problem.to(version, () => api.datasets.record_ids({ id, query: '', problem: ANY_PROBLEM })),
    duplicate: () => known.duplicate.to(version, () => api.datasets.repeated_ids({ id })),
  };
};

export type Places = ReturnType<typeof usePlaces>;
