import type { Command } from 'commander';
import { resolve } from 'node:path';
import { z } from 'zod';
import { exclusionWords } from '../../../src/lib/messages/exclusion-words';
import { formatAmount } from '../../../src/lib/messages/format';
import type { DatasetEdit, SafeFix, VersionDiff } from '../../../src/lib/types/dataset-versions';
import type { Dataset } from '../../../src/lib/types/lora-training';
import { operand, type Registry, usageError, type Workplace } from '../command';
import { EXIT } from '../exit-codes';
import { findDataset } from '../find';
import { datasetDocument } from '../output/documents';
import { showProgress } from '../run/import-files';
import { PAGE_FLAGS, pageOf, PageOptions, requireDryRun } from '../run/changes-page';
import { readingOfWords } from '../../services/datasets/version-recipe';
import { READING_FLAGS, ReadingWords, readingWordsOf } from '../run/import-options';
import { FixWords } from '../run/fix-words';
import { LineRanges } from '../run/line-ranges';
import { fixesText, tellDiff } from '../run/version-words';

const NOTHING: DatasetEdit = { exclude: [], include: [], fixes: [] };
const DRY_RUN = [['--dry-run', 'show what would change, and keep nothing'], ...PAGE_FLAGS] as const;
const Looking = PageOptions.extend({ dryRun: z.boolean().default(false) });

/** What the current version changes by hand, and a newer file does not. */
interface LeftBehind {
  readonly version: number;
  readonly fixes: readonly SafeFix[];
}

interface Wish {
  readonly dataset: Dataset;
  readonly edit: DatasetEdit;
  readonly leftBehind?: LeftBehind | null;
  readonly looking: z.infer<typeof Looking>;
}

const tellOfFile = (
  { output }: Workplace,
  { leftBehind }: Wish,
  exclusions: VersionDiff['exclusions'],
): void => {
  if (exclusions) for (const sentence of exclusionWords(exclusions)) output.note(sentence);
  if (exclusions && exclusions.kept > 0)
    output.note('`pipeline datasets include` takes excluded records back in.');
  if (!leftBehind) return;
  const { version, fixes } = leftBehind;
  output.note(
    `Not carried over to the newer file: the fixes ${fixesText(fixes)} of version ${version}. Make them again on the new version.`,
    'yellow',
  );
};

const leftBehindOf = async ({ app }: Workplace, { id }: Dataset): Promise<LeftBehind | null> => {
  const versions = await app.services.datasets.versions.list(id);
  const current = versions.find(({ is_current }) => is_current);
  if (current === undefined || current.fixes.length === 0) return null;
  return { version: current.number, fixes: current.fixes };
};

const preview = async (work: Workplace, wish: Wish): Promise<void> => {
  const { app, output } = work;
  const { dataset, edit, leftBehind, looking } = wish;
  const page = pageOf(output, looking);
  const diff = await app.services.datasets.versions.preview(dataset.id, edit, page);
  if (output.json) output.document({ ...diff, ...(leftBehind && { not_carried_over: leftBehind }) });
  else tellDiff(output, diff, page);
  tellOfFile(work, wish, diff.exclusions);
};

const keep = async (work: Workplace, wish: Wish): Promise<void> => {
  const { dataset, edit, leftBehind } = wish;
  const { versions } = work.app.services.datasets;
  const { dataset: edited, exclusions } = await versions.renew(dataset.id, edit);
  const current = (await versions.list(dataset.id)).find(({ is_current }) => is_current);
  const document = {
    ...datasetDocument(work, edited),
    ...(exclusions && { exclusions }),
    ...(leftBehind && { not_carried_over: leftBehind }),
  };
  work.output.answer(document, () => [
    `Version ${current?.number ?? 1} of “${edited.name}” is current: ${formatAmount(current?.records ?? 0, 'record')}.`,
  ]);
  tellOfFile(work, wish, exclusions);
};

/** Shows how far the reading is; a dry run keeps nothing. */
const performEdit = async (work: Workplace, wish: Wish): Promise<number> => {
  const hide = showProgress(work, new Map([[wish.dataset.id, wish.dataset.name]]));
  try {
    await (wish.looking.dryRun ? preview(work, wish) : keep(work, wish));
  } finally {
    hide();
    work.output.endLive();
  }
  return EXIT.done;
};

const LINE_EDITS = [
  {
    name: 'exclude',
    kind: 'used',
    about: 'leave records out, by the lines of the original file, their numbers or their ids',
    more: [
      ['--records <numbers>', 'instead: as view counts them, where one line holds several'],
      ['--repeated', 'instead: all that repeat an earlier one word for word'],
    ],
  },
  { name: 'include', kind: 'excluded', about: 'take records back in that were excluded', more: [] },
] as const;

const LineOptions = Looking.extend({
  lines: LineRanges.optional(),
  records: LineRanges.optional(),
  ids: z.array(z.string().min(1)).optional(),
  repeated: z.boolean().default(false),
});
type LineOptions = z.infer<typeof LineOptions>;

/** Exactly one way to name records is taken. */
const requireOneWay = ({ lines, records, ids, repeated }: LineOptions, isUsed: boolean): void => {
  const given = [
    ...(lines === undefined ? [] : ['--lines']),
    ...(records === undefined ? [] : ['--records']),
    ...(ids === undefined ? [] : ['--ids']),
    ...(repeated ? ['--repeated'] : []),
  ];
  if (given.length > 1) throw usageError(`${given.join(' and ')} do not go together.`);
  if (given.length === 0)
    throw usageError(isUsed ? 'Give --lines, --records or --ids.' : 'Give --lines or --ids.');
};

/** The ids of the records that are named. */
const chosenIds = async (
  { datasets }: Workplace['app']['services'],
  { lines = [], records, ids, repeated, id, kind }: LineOptions & { id: string; kind: 'used' | 'excluded' },
): Promise<readonly string[]> => {
  if (repeated) return (await datasets.versions.repeatedIds(id)).ids;
  if (ids !== undefined) return ids;
  if (records === undefined) return datasets.versions.idsAtLines(id, lines, kind);
  const found: string[] = [];
  for (const number of records) found.push((await datasets.record(id, number - 1)).id);
  return found;
};

export const addEdits = (group: Command, { add }: Registry): void => {
  for (const { name, kind, about, more } of LINE_EDITS)
    add(group, {
      usage: `${name} <dataset>`,
      about: `${about}; makes a new version`,
      flags: [
        ['--lines <lines>', 'such as 3,9-12; 100,000 at a time'],
        ['--ids <ids...>', 'instead: by the ids that problems and diff tell'],
        ...more,
        ...DRY_RUN,
      ],
      options: LineOptions,
      run: async (work) => {
        const { app, args, options } = work;
        requireOneWay(options, kind === 'used');
        requireDryRun(options);
        const dataset = await findDataset(app.services, operand(args));
        const ids = await chosenIds(app.services, { ...options, id: dataset.id, kind });
        return performEdit(work, { dataset, edit: { ...NOTHING, [name]: ids }, looking: options });
      },
    });
  add(group, {
    usage: 'renew <dataset> <file>',
    about:
      'read a newer file in the place of the original, without fixes; excluded records that say the same stay out; makes a new version',
    flags: [...READING_FLAGS, ...DRY_RUN],
    options: Looking.extend(ReadingWords.shape),
    run: async (work) => {
      const { app, args, options } = work;
      requireDryRun(options);
      const dataset = await findDataset(app.services, operand(args));
      const reading = readingOfWords(readingWordsOf(options));
      const path = resolve(operand(args, 1));
      const file = { path, ...(Object.keys(reading).length > 0 && { reading }) };
      const leftBehind = await leftBehindOf(work, dataset);
      return performEdit(work, { dataset, edit: { ...NOTHING, file }, leftBehind, looking: options });
    },
  });
  add(group, {
    usage: 'fix <dataset>',
    about: 'apply safe fixes to every record; makes a new version',
    flags: [
      [
        '--fix <fixes>',
        'one or more of trim, drop_repeated_user_turn, merge_system, cut_before_empty_answer, truncate_history=N, with commas between',
      ],
      ...DRY_RUN,
    ],
    options: Looking.extend({ fix: FixWords }),
    run: async (work) => {
      const { app, args, options } = work;
      requireDryRun(options);
      const dataset = await findDataset(app.services, operand(args));
      const edit = { ...NOTHING, fixes: options.fix };
      return performEdit(work, { dataset, edit, looking: options });
    },
  });
};
