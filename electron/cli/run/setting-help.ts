import { settingTable } from '../../../src/lib/training/settings';
import { tableLines } from '../output/table';

const COLUMNS = [
  { title: 'Setting', text: ({ name }: Row) => name },
  { title: 'Default', text: ({ usual }: Row) => usual },
  { title: 'Values', text: ({ range }: Row) => range },
];
type Row = ReturnType<typeof settingTable>[number];

/** The names that `--set` takes, below the help of the commands that have it. */
export const settingHelp = (): string =>
  [
    '',
    'Settings for --set, with the defaults of --preset balanced; none leaves a value to its rule:',
    ...tableLines(COLUMNS, settingTable('balanced'), { clip: false }).map((line) => `  ${line}`),
  ].join('\n');
