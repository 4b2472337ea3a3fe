import type { Evaluation } from '../../lib/types/job-records';

export interface GroupLoss {
  readonly name: string;
  readonly tokens: number;
  readonly records: number;
  readonly base: number;
  readonly adapter: number;
}

export interface GroupKind {
  readonly kind: string;
  readonly rows: readonly GroupLoss[];
}

const KINDS = ['dataset', 'topic', 'persona', 'arc'];

/** `topic: people_and_feelings` of the trainer, as people read it. */
const partsOf = (group: string): { readonly kind: string; readonly name: string } => {
  const [kind = '', ...rest] = group.split(': ');
  // A dataset is called what its owner calls it; the others are words of a design.
  if (kind === 'dataset') return { kind, name: rest.join(': ') };
  const name = rest.join(': ').replaceAll('_', ' ');
  return { kind, name: name.charAt(0).toUpperCase() + name.slice(1) };
};

/** The result's held-out losses by dataset of a mixture, topic, persona and arc, the best measured first. */
export const groupLosses = (evaluations: readonly Evaluation[]): readonly GroupKind[] => {
  const final = evaluations.filter(({ final: last, group }) => last && group.includes(': '));
  const rows = final.flatMap(({ subject, group, loss, tokens, records }) => {
    const base = final.find((other) => other.subject === 'base' && other.group === group);
    return subject === 'adapter' && base
      ? [{ ...partsOf(group), tokens, records, base: base.loss, adapter: loss }]
      : [];
  });
  return KINDS.flatMap((kind) => {
    const mine = rows
      .filter((row) => row.kind === kind)
      .map(({ kind: _, ...row }) => row)
      .toSorted((one, other) => other.tokens - one.tokens);
    return mine.length > 0 ? [{ kind, rows: mine }] : [];
  });
};

export const isWorse = ({ base, adapter }: GroupLoss): boolean => adapter > base;
