import { useState } from 'react';
import { api } from '../../api';
import type { RunRequest } from '../../lib/contract/contract';
import type { Dataset, TrainingJob } from '../../lib/types/lora-training';
import type { RunDataset } from '../../lib/types/run-mixture';
import { Weight } from '../../lib/types/run-mixture';
import { useLoad } from '../../use-load';

/** A dataset of the run and its weight, as typed. */
export interface Mixed {
  readonly id: string;
  readonly weight: string;
}

interface Known {
  readonly dataset: Dataset | null;
  readonly usable: readonly Dataset[];
  readonly past: TrainingJob | undefined;
}

const ONCE = '1';
const ALONE: readonly Mixed[] = [];

const asTyped = (kept: readonly RunDataset[]): readonly Mixed[] =>
  kept.length < 2
    ? ALONE
    : kept.map(({ dataset_id, weight }) => ({ id: dataset_id, weight: String(weight) }));

const usePastMixture = (past: TrainingJob | undefined): readonly Mixed[] => {
  const { state } = useLoad(past?.id ?? '', () =>
    past ? api.jobs.datasets({ id: past.id }) : Promise.resolve([]),
  );
  return state.kind === 'ready' ? asTyped(state.value) : ALONE;
};

const weightOf = (text: string): number | null =>
  Weight.safeParse(Number(text.trim() || Number.NaN)).data ?? null;

/** What a request says of the mixture; nothing of one dataset alone, null where a weight cannot be meant. */
export const mixtureIn = (rows: readonly Mixed[]): Pick<RunRequest, 'weight' | 'more_datasets'> | null => {
  const [first, ...more] = rows.map(({ id, weight }) => ({ dataset_id: id, weight: weightOf(weight) }));
  if (first === undefined || more.length === 0) return {};
  const read = [first, ...more].flatMap(({ weight }) => weight ?? []);
  if (read.length <= more.length) return null;
  const [weight = 1, ...weights] = read;
  const more_datasets = more.map(({ dataset_id }, index) => ({ dataset_id, weight: weights[index] ?? 1 }));
  return { weight, more_datasets };
};

/** The datasets of the run, its own first; empty while it has only one. */
export const useMixture = ({ dataset, usable, past }: Known) => {
  const [typed, setTyped] = useState<readonly Mixed[] | null>(null);
  const pastRows = usePastMixture(past);
  const kept = (typed ?? pastRows).filter(({ id }) => usable.some((row) => row.id === id));
  const others = kept.filter(({ id }) => id !== dataset?.id);
  const own: Mixed = {
    id: dataset?.id ?? '',
    weight: kept.find(({ id }) => id === dataset?.id)?.weight ?? ONCE,
  };
  const rows = others.length === 0 || dataset === null ? ALONE : [own, ...others];
  return {
    rows,
    /** What may be mixed in: data of the same kind that is not in the run yet. */
    candidates: usable.filter(
      (row) => row.kind === dataset?.kind && row.id !== dataset.id && others.every(({ id }) => id !== row.id),
    ),
    request: mixtureIn(rows),
    add: (id: string) => setTyped([own, ...others, { id, weight: ONCE }]),
    weigh: (id: string, weight: string) =>
      setTyped([own, ...others].map((row) => (row.id === id ? { id, weight } : row))),
    remove: (id: string) => setTyped([own, ...others].filter((row) => row.id !== id)),
  };
};

export type Mixture = ReturnType<typeof useMixture>;
