import { z } from 'zod';
import type { LrRange } from '../../services/trainer/one-shot';
import { type Registry, WholeNumber } from '../command';
import { EXIT } from '../exit-codes';
import type { Output } from '../output/output';
import type { Column } from '../output/table';
import { RUN_FLAGS, RunOptions, runOf } from '../run/run-options';

const COLUMNS: readonly Column<LrRange['points'][number]>[] = [
  { title: 'RATE', align: 'right', text: ({ learning_rate }) => learning_rate.toExponential(1) },
  { title: 'LOSS', align: 'right', text: ({ loss }) => loss.toFixed(4) },
];

const tell = (output: Output, { points, suggestion, method, exploded }: LrRange): void => {
  output.table(COLUMNS, points);
  if (exploded) output.line('The loss exploded after the last of these.');
  if (suggestion === null) {
    output.line('No suggestion: the loss never fell. Try more --steps or another dataset.', 'yellow');
    return;
  }
  output.line(`Suggestion: ${suggestion.toExponential()}`, 'green');
  output.line(`  ${method}`);
  output.line(`  Nothing was set. To take it: --set learning_rate=${suggestion.toExponential()}`);
};

const Options = RunOptions.extend({ steps: WholeNumber.pipe(z.int().min(1).max(1000)).default(40) });

export const addLrRange = ({ program, add }: Registry): void =>
  add(program, {
    usage: 'lr-range',
    about: 'train a few steps at a rising learning rate, keep nothing, and suggest a rate',
    flags: [...RUN_FLAGS, ['--steps <n>', 'steps of the sweep; 40 without a word']],
    options: Options,
    run: async (work) => {
      const { output, app, options } = work;
      const { request, name } = await runOf(work, options);
      output.liveLine('Training a few steps at a rising learning rate …');
      const found = await app.services.jobs.lrRange({ ...request, name }, options.steps);
      if (output.json) output.document(found);
      else tell(output, found);
      return EXIT.done;
    },
  });
