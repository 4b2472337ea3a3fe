import { z } from 'zod';
import { FIRST_CHANGES, MAX_SHOWN_CHANGES, RecordChange } from '../../../src/lib/types/dataset-versions';
import type { ChangesPage } from '../../../src/lib/types/dataset-versions';
import { usageError, WholeNumber } from '../command';
import type { Output } from '../output/output';

/** Which of the changes are shown. */
export const PAGE_FLAGS = [
  ['--offset <n>', 'how many changes to pass over'],
  ['--limit <n>', `how many to show, at most ${MAX_SHOWN_CHANGES}`],
  ['--change <kind>', 'added, removed or changed records only'],
] as const;

export const PageOptions = z.object({
  offset: WholeNumber.optional(),
  limit: WholeNumber.pipe(
    z.int().min(1, 'give 1 or more').max(MAX_SHOWN_CHANGES, `give ${MAX_SHOWN_CHANGES} or less`),
  ).optional(),
  change: RecordChange.shape.change.optional(),
});
type PageOptions = z.infer<typeof PageOptions>;

/** As many as a person reads at once. */
const SOME_CHANGES: ChangesPage = { ...FIRST_CHANGES, limit: 20 };

export const pageOf = ({ json }: Output, { offset, limit, change }: PageOptions): ChangesPage => {
  const usual = json ? FIRST_CHANGES : SOME_CHANGES;
  return {
    offset: offset ?? usual.offset,
    limit: limit ?? usual.limit,
    change: change ?? usual.change,
  };
};

/** An edit that is made shows no changes. */
export const requireDryRun = ({ dryRun, ...page }: PageOptions & { readonly dryRun: boolean }): void => {
  const given = PAGE_NAMES.find((name) => page[name] !== undefined);
  if (!dryRun && given !== undefined) throw usageError(`--${given} goes with --dry-run only.`);
};

const PAGE_NAMES = ['offset', 'limit', 'change'] as const;
