import type { Command } from 'commander';
import { z } from 'zod';
import { formatCount } from '../../../src/lib/messages/format';
import { unkeptWords } from '../../../src/lib/messages/problem-amounts';
import type { DatasetProblem } from '../../../src/lib/types/dataset-records';
import { operand, type Registry } from '../command';
import { PROBLEM_COLUMNS } from '../../services/datasets/problem-sheet';
import { EXIT } from '../exit-codes';
import { findDataset } from '../find';
import { writeCsv } from '../output/csv-file';
import type { Column } from '../output/table';

const COLUMNS: readonly Column<DatasetProblem>[] = [
  { title: 'LINE', align: 'right', text: ({ line }) => String(line) },
  { title: 'RECORD', text: ({ record_id }) => record_id ?? '–' },
  { title: 'FIELD', text: ({ path }) => path ?? '–' },
  { title: 'SEVERITY', text: ({ severity }) => severity },
  { title: 'WHAT', text: ({ error }) => error },
  { title: 'WHAT TO DO', text: ({ suggestion }) => suggestion ?? '–' },
];

export const addProblems = (group: Command, { add }: Registry): void =>
  add(group, {
    usage: 'problems <dataset>',
    about: 'the faults that its import found, with line, field and what to do',
    flags: [['--csv <file>', 'write them to a CSV file; - for standard output']],
    options: z.object({ csv: z.string().optional() }),
    run: async ({ app, output, args, options }) => {
      const { id, report } = await findDataset(app.services, operand(args));
      const problems = await app.services.datasets.allProblems(id);
      if (options.csv !== undefined)
        await writeCsv(output, options.csv, { columns: PROBLEM_COLUMNS, rows: problems });
      else if (output.json) output.document(problems);
      else if (problems.length === 0) output.line('No problems.');
      else output.table(COLUMNS, problems);
      const unkept = unkeptWords(report);
      if (unkept !== null) output.warning(unkept);
      const excluded = report?.excluded_records ?? 0;
      if (excluded > 0) output.note(`Without those of ${formatCount(excluded)} excluded records.`);
      return EXIT.done;
    },
  });
