import { useEffect, useState } from 'react';
import { api } from '../../api';
import type { MeasuringProgress } from '../../lib/contract/contract';
import type { DatasetStats, DatasetSurvey } from '../../lib/types/dataset-numbers';
import type { SplitChoice } from '../../lib/types/dataset-split';
import type { BaseModel } from '../../lib/types/base-model';
import type { Dataset } from '../../lib/types/lora-training';
import { USUAL_SPLIT } from '../../lib/training/settings';
import { useLoad } from '../../use-load';

/** How far the count of a dataset is; null before its first news. */
export const useMeasuring = (
  datasetId: string,
  kind: MeasuringProgress['kind'],
): MeasuringProgress | null => {
  const [progress, setProgress] = useState<MeasuringProgress | null>(null);
  useEffect(
    () =>
      api.datasets.onMeasuring((news) => {
        if (news.dataset_id === datasetId && news.kind === kind) setProgress(news);
      }),
    [datasetId, kind],
  );
  return progress;
};

/** Where a new run would cut the records of this dataset if nothing is changed, in tokens. */
export const usualLength = async (dataset: Dataset, model: BaseModel): Promise<number> => {
  const run = { dataset_id: dataset.id, base_model_id: model.id, changes: {} };
  return (await api.jobs.settings({ ...run, preset_id: 'balanced' })).max_length;
};

export const useUsualLength = (dataset: Dataset, model: BaseModel) =>
  useLoad<number>(`${dataset.id} ${model.id}`, () => usualLength(dataset, model));

/** The version decides, not the row: filling a column with what was counted must not count anew. */
const versionOf = ({ id, validated_at }: Dataset): string => `${id} ${validated_at ?? ''}`;

/** What a new run would lose if nothing is changed. */
export const useUsualStats = (dataset: Dataset, model: BaseModel) =>
  useLoad<DatasetStats>(`usual ${versionOf(dataset)} ${model.id}`, async () => {
    const max_length = await usualLength(dataset, model);
    return api.datasets.stats({ id: dataset.id, base_model_id: model.id, max_length });
  });

export const useStats = (dataset: Dataset, model: BaseModel, max_length: number) =>
  useLoad<DatasetStats>(`${versionOf(dataset)} ${model.id} ${max_length}`, () =>
    api.datasets.stats({ id: dataset.id, base_model_id: model.id, max_length }),
  );

/** Tokens of each record by its place, once they are counted; none of a dataset with more than are listed. */
export const useLengths = (
  dataset: Dataset,
  model: BaseModel | undefined,
  max_length: number | null,
): readonly number[] => {
  const { state } = useLoad(`${versionOf(dataset)} ${model?.id} ${max_length} lengths`, async () =>
    model && max_length !== null
      ? (await api.datasets.stats({ id: dataset.id, base_model_id: model.id, max_length })).lengths
      : null,
  );
  return (state.kind === 'ready' ? state.value : null) ?? [];
};

/** By a split; by that of a new run where nothing is changed. */
export const useSurvey = (dataset: Dataset, split: SplitChoice = USUAL_SPLIT) =>
  useLoad<DatasetSurvey>(`${versionOf(dataset)} ${JSON.stringify(split)}`, () =>
    api.datasets.survey({ id: dataset.id, ...split }),
  );
