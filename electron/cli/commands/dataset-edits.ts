import type { Command } from 'commander';
import { z } from 'zod';
import { formatCount } from '../../../src/lib/messages/format';
import type { DatasetEdit } from '../../../src/lib/types/dataset-versions';
import type { Dataset } from '../../../src/lib/types/lora-training';
import { operand, type Registry, type Workplace } from '../command';
import { EXIT } from '../exit-codes';
import { findDataset } from '../find';
import { datasetDocument } from '../output/documents';
import { showProgress } from '../run/import-files';
import { FixWords } from '../run/fix-words';
import { LineRanges } from '../run/line-ranges';
import { tellDiff } from '../run/version-words';

const NOTHING: DatasetEdit = { exclude: [], include: [], fixes: [] };
const DRY_RUN = ['--dry-run', 'show what would change, and keep nothing'] as const;
const dryRun = z.boolean().default(false);

interface Wish {
  readonly dataset: Dataset;
  readonly edit: DatasetEdit;
  readonly dryRun: boolean;
}

const preview = async ({ app, output }: Workplace, { dataset, edit }: Wish): Promise<void> => {
  const diff = await app.services.datasets.versions.preview(dataset.id, edit);
  if (output.json) output.document(diff);
  else tellDiff(output, diff);
};

const keep = async (work: Workplace, { dataset, edit }: Wish): Promise<void> => {
  const { versions } = work.app.services.datasets;
  const edited = await versions.edit(dataset.id, edit);
  const current = (await versions.list(dataset.id)).find(({ is_current }) => is_current);
  work.output.answer(datasetDocument(work, edited), () => [
    `Version ${current?.number ?? 1} of “${edited.name}” is current: ${formatCount(current?.records ?? 0)} records.`,
  ]);
};

/** Shows how far the reading is; a dry run keeps nothing. */
const performEdit = async (work: Workplace, wish: Wish): Promise<number> => {
  const hide = showProgress(work, new Map([[wish.dataset.id, wish.dataset.name]]));
  try {
    await (wish.dryRun ? preview(work, wish) : keep(work, wish));
  } finally {
    hide();
    work.output.endLive();
  }
  return EXIT.done;
};

const LINE_EDITS = [
  { name: 'exclude', kind: 'used', about: 'leave records out, by the lines of the original file' },
  { name: 'include', kind: 'excluded', about: 'take records back in that were excluded' },
] as const;

export const addEdits = (group: Command, { add }: Registry): void => {
  for (const { name, kind, about } of LINE_EDITS)
    add(group, {
      usage: `${name} <dataset>`,
      about: `${about}; makes a new version`,
      flags: [['--lines <lines>', 'such as 3,9-12'], DRY_RUN],
      options: z.object({ lines: LineRanges, dryRun }),
      run: async (work) => {
        const { app, args, options } = work;
        const dataset = await findDataset(app.services, operand(args));
        const ids = await app.services.datasets.versions.idsAtLines(dataset.id, options.lines, kind);
        return performEdit(work, { dataset, edit: { ...NOTHING, [name]: ids }, dryRun: options.dryRun });
      },
    });
  add(group, {
    usage: 'fix <dataset>',
    about: 'apply safe fixes to every record; makes a new version',
    flags: [['--fix <fixes>', 'such as trim,merge_system,truncate_history=4'], DRY_RUN],
    options: z.object({ fix: FixWords, dryRun }),
    run: async (work) => {
      const { app, args, options } = work;
      const dataset = await findDataset(app.services, operand(args));
      const edit = { ...NOTHING, fixes: options.fix };
      return performEdit(work, { dataset, edit, dryRun: options.dryRun });
    },
  });
};
