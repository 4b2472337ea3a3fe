import type { Command } from 'commander';
import { z } from 'zod';
import { recognisedFormat, unrecognisedWords } from '../../../src/lib/messages/dataset-formats';
import { DAYS_IN_BIN, purgeWords } from '../../../src/lib/messages/bin-words';
import { formatBytes, formatCount, formatExactTime } from '../../../src/lib/messages/format';
import { problemAmounts, problemAmountWords } from '../../../src/lib/messages/problem-amounts';
import type { DatasetReport } from '../../../src/lib/types/dataset-records';
import type { Dataset } from '../../../src/lib/types/lora-training';
import { isBlocked, readiness } from '../../../src/lib/training/readiness';
import { type Invocation, NoOptions, operand, type Registry } from '../command';
import { EXIT } from '../exit-codes';
import { findDataset, findDeletedDataset } from '../find';
import type { Output } from '../output/output';
import type { Column } from '../output/table';
import { shortId } from '../run/describe-job';
import { remedyCommand } from '../run/remedy-command';
import { addProblems } from './dataset-problems';
import { addView } from './dataset-view';
import { importFiles } from '../run/import-files';
import { readingsBefore } from '../run/readings-before';
import { readingsTold } from '../run/told-readings';
import { IMPORT_FLAGS, importOptionsOf, ImportWords } from '../run/import-options';
import { importDocument, tellImport } from '../run/import-outcome';
import { datasetDocument } from '../output/documents';
import { addPurge } from './dataset-purge';
import { addVersions } from './dataset-versions';
import { addEdits } from './dataset-edits';
import { addSplit } from './dataset-split';
import { addStats } from './dataset-stats';

const count = (value: number | null): string => (value === null ? '–' : formatCount(value));

const formatOf = (dataset: Dataset): string => recognisedFormat(dataset) ?? unrecognisedWords(dataset) ?? '–';

const COLUMNS: readonly Column<Dataset>[] = [
  { title: 'ID', text: ({ id }) => shortId(id) },
  { title: 'NAME', text: ({ name }) => name },
  { title: 'STATUS', text: ({ status }) => status },
  { title: 'FORMAT', text: formatOf },
  { title: 'TRAIN', align: 'right', text: ({ total_training_pairs }) => count(total_training_pairs) },
  { title: 'HELD OUT', align: 'right', text: ({ total_validation_pairs }) => count(total_validation_pairs) },
  { title: 'TOKENS', align: 'right', text: ({ total_tokens }) => count(total_tokens) },
  {
    title: 'PROBLEMS',
    align: 'right',
    text: ({ report }) => count(report && problemAmounts(report).problems),
  },
  { title: 'SIZE', align: 'right', text: ({ file_size }) => formatBytes(file_size) },
];

const BIN_COLUMNS: readonly Column<Dataset>[] = [
  ...COLUMNS,
  { title: 'PURGED', text: ({ deleted_at }) => (deleted_at ? purgeWords(deleted_at, Date.now()) : '') },
];

/** What of the records read is not used, and why; together with those in use they are all. */
const leftOutPairs = ({
  rejected_records,
  excluded_records = 0,
  skipped_null_target,
}: DatasetReport): [string, string][] => [
  ['cannot be used', count(rejected_records)],
  ...(excluded_records > 0 ? [['excluded by hand', count(excluded_records)] satisfies [string, string]] : []),
  ['without an answer', count(skipped_null_target)],
];

const foundIn = (report: DatasetReport | null): [string, string][] =>
  report === null
    ? []
    : [
        ['recognised by', report.reason],
        ['records', `${count(report.usable_records)} of ${count(report.records_total)} can be used`],
        ...leftOutPairs(report),
        ['conversations', count(report.conversations)],
        ['exact duplicates', count(report.duplicates_exact)],
        ['problems', problemAmountWords(report) ?? '0'],
      ];

const AGAINST = { blocking: 'blocks a run', advice: 'advice' } as const;

/** What stands against a run, what to do, and the best way to do it from here. */
const findingsOf = (output: Output, dataset: Dataset): [string, string][] =>
  readiness(dataset).map(({ kind, reason, remedy, remedies: [best] }) => {
    const command = best && ` ${output.command(remedyCommand(best, shortId(dataset.id)))}`;
    return [AGAINST[kind], `${reason} ${remedy}${command ?? ''}`];
  });

const pairsOf = (output: Output, dataset: Dataset): [string, string][] => [
  ['id', dataset.id],
  ['name', dataset.name],
  ...(dataset.description === null ? [] : [['description', dataset.description] satisfies [string, string]]),
  ['status', dataset.status],
  ['format', formatOf(dataset)],
  ['kind', dataset.kind],
  ['file', `${dataset.file_name}, ${formatBytes(dataset.file_size)}`],
  ['training records', count(dataset.total_training_pairs)],
  ['held-out records', count(dataset.total_validation_pairs)],
  ...foundIn(dataset.report),
  ['ready for training', isBlocked(dataset) ? 'no' : 'yes'],
  ...findingsOf(output, dataset),
  ['imported', formatExactTime(dataset.created_at)],
];

const runImport = async (work: Invocation<z.infer<typeof ImportWords>>): Promise<number> => {
  const { output, args, options } = work;
  const before = options.asBefore === true ? await readingsBefore(work, args) : null;
  const told = await readingsTold(work, args, importOptionsOf(options, args));
  const outcomes = await importFiles(work, args, (file) => ({ ...before?.get(file), ...told.of(file) }));
  const documents = outcomes.map((outcome, index) => ({
    ...importDocument(work, outcome),
    ...(told.unmapped.has(args[index] ?? '') && { without_map: true }),
  }));
  if (output.json) output.document(args.length === 1 ? documents[0] : { imports: documents });
  for (const outcome of outcomes) tellImport(output, outcome);
  return outcomes.every(({ error }) => error === null) ? EXIT.done : EXIT.failed;
};

const addImport = (group: Command, { add }: Registry): void =>
  add(group, {
    usage: 'import <files...>',
    about: 'check files and keep them as datasets',
    flags: IMPORT_FLAGS,
    options: ImportWords,
    run: runImport,
  });

const addLooks = (group: Command, { add }: Registry): void => {
  add(group, {
    usage: 'list',
    about: 'every dataset',
    flags: [['--deleted', 'those in the bin instead']],
    options: z.object({ deleted: z.boolean().default(false) }),
    run: async (work) => {
      const { app, output, options } = work;
      const { datasets: kept } = app.services;
      const datasets = await (options.deleted ? kept.listDeleted() : kept.list());
      if (output.json) output.document(datasets.map((dataset) => datasetDocument(work, dataset)));
      else if (datasets.length === 0 && options.deleted) output.line('The bin is empty.');
      else if (datasets.length === 0)
        output.line(`No datasets yet. Add one with: ${output.command('datasets import FILE')}`);
      else output.table(options.deleted ? BIN_COLUMNS : COLUMNS, datasets);
      return EXIT.done;
    },
  });
  add(group, {
    usage: 'show <dataset>',
    about: 'one dataset and what its import found',
    options: NoOptions,
    run: async (work) => {
      const { app, output, args } = work;
      const dataset = await findDataset(app.services, operand(args));
      if (output.json) output.document(datasetDocument(work, dataset));
      output.pairs(pairsOf(output, dataset));
      return EXIT.done;
    },
  });
};

const addRemovals = (group: Command, { add }: Registry): void => {
  add(group, {
    usage: 'delete <dataset>',
    about: 'put a dataset away; restore brings it back',
    options: NoOptions,
    run: async ({ app, output, args }) => {
      const { id, name } = await findDataset(app.services, operand(args));
      const jobs = await app.services.datasets.jobsOf(id);
      await app.services.datasets.delete(id);
      output.answer({ id, deleted: true, used_by: jobs }, () => [
        `“${name}” was put away${jobs.length > 0 ? '' : ` for ${DAYS_IN_BIN} days, and is removed for good then`}. Bring it back with: ${output.command(`datasets restore ${shortId(id)}`)}`,
        ...(jobs.length === 0
          ? []
          : [
              `Used by ${jobs.map((job) => `“${job.name}”`).join(', ')}: as long as they are there it is not removed for good.`,
            ]),
      ]);
      return EXIT.done;
    },
  });
  add(group, {
    usage: 'restore <dataset>',
    about: 'bring back a dataset that was deleted',
    options: NoOptions,
    run: async (work) => {
      const { app, output, args } = work;
      const { id } = await findDeletedDataset(app.services, operand(args));
      const dataset = await app.services.datasets.restore(id);
      output.answer(datasetDocument(work, dataset), () => [`“${dataset.name}” is back.`]);
      return EXIT.done;
    },
  });
};

export const addDatasets = (registry: Registry): void => {
  const group = registry.program.command('datasets').description('import, look into and put away datasets');
  addImport(group, registry);
  addLooks(group, registry);
  addProblems(group, registry);
  addView(group, registry);
  addStats(group, registry);
  addSplit(group, registry);
  addRemovals(group, registry);
  addPurge(group, registry);
  addVersions(group, registry);
  addEdits(group, registry);
};
