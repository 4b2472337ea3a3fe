import type { Command } from 'commander';
import { z } from 'zod';
import { formatBytes, formatCount, formatExactTime } from '../../../src/lib/messages/format';
import type { DatasetVersion } from '../../../src/lib/types/dataset-versions';
import { NoOptions, operand, type Registry, usageError } from '../command';
import { EXIT } from '../exit-codes';
import { findDataset } from '../find';
import { datasetDocument } from '../output/documents';
import type { Column } from '../output/table';
import { PAGE_FLAGS, pageOf, PageOptions } from '../run/changes-page';
import { fixesText, tellDiff } from '../run/version-words';

const HASH_SHOWN = 12;

const COLUMNS: readonly Column<DatasetVersion>[] = [
  { title: 'VERSION', align: 'right', text: ({ number }) => String(number) },
  { title: 'CURRENT', text: ({ is_current }) => (is_current ? 'yes' : '') },
  { title: 'FILE', text: ({ file_name }) => file_name ?? '–' },
  { title: 'RECORDS', align: 'right', text: ({ records }) => formatCount(records) },
  { title: 'EXCLUDED', align: 'right', text: ({ excluded }) => formatCount(excluded) },
  { title: 'FIXES', text: ({ fixes }) => (fixes.length === 0 ? '–' : fixesText(fixes)) },
  { title: 'SIZE', align: 'right', text: ({ size_bytes }) => formatBytes(size_bytes) },
  { title: 'MADE', text: ({ created_at }) => formatExactTime(created_at) },
  { title: 'SHA-256', text: ({ sha256 }) => sha256.slice(0, HASH_SHOWN) },
];

const VersionNumber = z.string().regex(/^[1-9]\d{0,8}$/u);

const numberOperand = (args: readonly string[], index: number): number => {
  const parsed = VersionNumber.safeParse(operand(args, index));
  if (parsed.success) return Number(parsed.data);
  throw usageError(`“${operand(args, index)}” is no number of a version.`, 'Versions count from 1.');
};

export const addVersions = (group: Command, { add }: Registry): void => {
  add(group, {
    usage: 'versions <dataset>',
    about: 'every content that a dataset had, newest first',
    options: NoOptions,
    run: async ({ app: { services }, output, args }) => {
      const { id } = await findDataset(services, operand(args));
      const versions = await services.datasets.versions.list(id);
      if (output.json) output.document(versions);
      else if (versions.length === 0) output.line('No versions: the import found no usable record.');
      else output.table(COLUMNS, versions);
      return EXIT.done;
    },
  });
  add(group, {
    usage: 'diff <dataset> <from> <to>',
    about: 'what differs between two versions, by record',
    flags: PAGE_FLAGS,
    options: PageOptions,
    run: async ({ app: { services }, output, args, options }) => {
      const [from, to] = [numberOperand(args, 1), numberOperand(args, 2)];
      const { id } = await findDataset(services, operand(args));
      const page = pageOf(output, options);
      const diff = await services.datasets.versions.diff({ id, from, to, ...page });
      if (output.json) output.document(diff);
      else tellDiff(output, diff, page);
      return EXIT.done;
    },
  });
  add(group, {
    usage: 'use <dataset> <version>',
    about: 'make another version the current one; runs keep theirs',
    options: NoOptions,
    run: async (work) => {
      const { app, output, args } = work;
      const number = numberOperand(args, 1);
      const { id } = await findDataset(app.services, operand(args));
      const dataset = await app.services.datasets.versions.use(id, number);
      output.answer(datasetDocument(work, dataset), () => [
        `Version ${number} of “${dataset.name}” is current.`,
      ]);
      return EXIT.done;
    },
  });
};
