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

export interface MixedRow extends Mixed {
  readonly name: string;
  /** Why it cannot be in this run; null where all is well. */
  readonly fault: string | null;
}

interface Known {
  readonly dataset: Dataset | null;
  readonly usable: readonly Dataset[];
  readonly past: TrainingJob | undefined;
}

interface Typed {
  readonly weight: string;
  readonly others: readonly (Mixed & { readonly name: string })[];
}

const ONCE = '1';
const ALONE: Typed = { weight: ONCE, others: [] };

const asTyped = ([first, ...more]: readonly RunDataset[]): Typed =>
  first === undefined
    ? ALONE
    : {
        weight: String(first.weight),
        others: more.map(({ dataset_id, weight, name }) => ({
          id: dataset_id,
          weight: String(weight),
          name,
        })),
      };

/** What the run to repeat was mixed of; until that is known, nothing may start in its place. */
const usePastMixture = (past: TrainingJob | undefined) => {
  const { state } = useLoad(past?.id ?? '', () =>
    past ? api.jobs.datasets({ id: past.id }) : Promise.resolve([]),
  );
  if (state.kind === 'ready') return { mixture: asTyped(state.value), block: null };
  const block =
    state.kind === 'loading'
      ? 'Reading which datasets the run had'
      : 'Which datasets the run had cannot be read; choose them anew from a dataset’s page';
  return { mixture: ALONE, block };
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

/** Nothing is left out silently: a part that cannot be taken stays in the list with its reason. */
const faultOf = (row: Dataset | undefined, dataset: Dataset): string | null => {
  if (!row) return 'gone or not ready';
  return row.kind === dataset.kind ? null : 'another kind of data';
};

/** The first reason why a run cannot be mixed like this; null where it can. */
export const mixtureBlock = (rows: readonly MixedRow[]): string | null => {
  const faulty = rows.find(({ fault }) => fault !== null);
  if (faulty) return `“${faulty.name}” cannot be mixed in: ${faulty.fault ?? ''}; take it out`;
  return mixtureIn(rows) === null ? 'The weight of a dataset is not valid' : null;
};

const rowsOf = ({ weight, others }: Typed, { dataset, usable }: Known): readonly MixedRow[] => {
  const more = others.filter(({ id }) => id !== dataset?.id);
  if (dataset === null || more.length === 0) return [];
  const own = { id: dataset.id, name: dataset.name, weight, fault: null };
  return [
    own,
    ...more.map((row) => {
      const known = usable.find(({ id }) => id === row.id);
      return { ...row, name: known?.name ?? row.name, fault: faultOf(known, dataset) };
    }),
  ];
};

/** The datasets of the run, its own first; empty while it has only one. */
export const useMixture = (known: Known) => {
  const { dataset, usable, past } = known;
  const [typed, setTyped] = useState<Typed | null>(null);
  const before = usePastMixture(past);
  const mixture = typed ?? before.mixture;
  const rows = rowsOf(mixture, known);
  const block = (typed === null ? before.block : null) ?? mixtureBlock(rows);
  const change = (changes: Partial<Typed>) => setTyped({ ...mixture, ...changes });
  return {
    rows,
    block,
    /** What may be mixed in: data of the same kind that is not in the run yet. */
    candidates: usable.filter(
      ({ id, kind }) =>
        kind === dataset?.kind &&
        id !== dataset.id &&
        rows.every((row) => row.id !== id) &&
        rows.length < MOST,
    ),
    request: block === null ? mixtureIn(rows) : null,
    /** Null while it is the mixture of what the page was filled from. */
    typed,
    setTyped,
    /** For data that is named alone. */
    clear: () => setTyped(ALONE),
    add: (id: string) => {
      const name = usable.find((row) => row.id === id)?.name ?? '';
      change({ others: [...mixture.others, { id, name, weight: ONCE }] });
    },
    weigh: (id: string, weight: string) =>
      change(
        id === dataset?.id
          ? { weight }
          : { others: mixture.others.map((row) => (row.id === id ? { ...row, weight } : row)) },
      ),
    remove: (id: string) => change({ others: mixture.others.filter((row) => row.id !== id) }),
  };
};

const MOST = 10;

export type Mixture = ReturnType<typeof useMixture>;
