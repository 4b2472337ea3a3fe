import { z } from 'zod';
import type { ScaffoldingCell } from '../../lib/types/dataset-numbers';
import { Scaffolding } from '../../lib/types/dataset-records';
import type { Dataset } from '../../lib/types/lora-training';

const Designed = z.array(z.object({ scaffolding: Scaffolding.optional() }));

/** Whether the first records say persona, arc or topic. */
export const isDesigned = ({ sample_data }: Pick<Dataset, 'sample_data'>): boolean =>
  Designed.safeParse(sample_data).data?.some(({ scaffolding }) => scaffolding !== undefined) ?? false;

const UNNAMED = '(none)';

export interface Counted {
  readonly name: string;
  readonly records: number;
}

/** Records by one of the three, the most frequent first; what has none is counted as such. */
export const countBy = (cells: readonly ScaffoldingCell[], by: 'persona' | 'arc' | 'topic'): Counted[] => {
  const counts = new Map<string, number>();
  for (const cell of cells) {
    const name = cell[by] ?? UNNAMED;
    counts.set(name, (counts.get(name) ?? 0) + cell.records);
  }
  return [...counts]
    .map(([name, records]) => ({ name, records }))
    .toSorted((one, other) => other.records - one.records || one.name.localeCompare(other.name));
};

/** Records of a persona by arc, over all topics. */
export const crossed = (
  cells: readonly ScaffoldingCell[],
): ReadonlyMap<string, ReadonlyMap<string, number>> => {
  const table = new Map<string, Map<string, number>>();
  for (const { persona, arc, records } of cells) {
    const row = table.get(persona ?? UNNAMED) ?? new Map<string, number>();
    row.set(arc ?? UNNAMED, (row.get(arc ?? UNNAMED) ?? 0) + records);
    table.set(persona ?? UNNAMED, row);
  }
  return table;
};
