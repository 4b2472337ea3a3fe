import { z } from 'zod';
import { type LrRange, LR_RANGE_STEPS } from '../../../src/lib/types/lr-range';
import { type Registry, WholeNumber } from '../command';
import { EXIT } from '../exit-codes';
import type { Output } from '../output/output';
import type { Column } from '../output/table';
import { settleOrphans } from '../run/orphans';
import { RUN_FLAGS, RunOptions, runOf } from '../run/run-options';

const COLUMNS: readonly Column<LrRange['points'][number]>[] = [
  { title: 'RATE', align: 'right', text: ({ learning_rate }) => learning_rate.toExponential(1) },
  { title: 'LOSS', align: 'right', text: ({ loss }) => loss.toFixed(4) },
  { title: 'SMOOTHED', align: 'right', text: ({ smoothed }) => smoothed.toFixed(4) },
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

const Options = RunOptions.extend({
  steps: WholeNumber.pipe(z.int().min(1).max(1000)).default(LR_RANGE_STEPS),
});

export const addLrRange = ({ program, add }: Registry): void =>
  add(program, {
    usage: 'lr-range',
    about: 'train a few steps at a rising learning rate, keep nothing, and suggest a rate',
    flags: [...RUN_FLAGS, ['--steps <n>', `steps of the sweep; ${LR_RANGE_STEPS} without a word`]],
    options: Options,
    run: async (work) => {
      const { output, app, options } = work;
      const { request, name } = await runOf(work, options);
      const { steps } = options;
      await settleOrphans(work);
      output.liveLine('Training a few steps at a rising learning rate …');
      let done = 0;
      const found = await app.services.jobs.rateTest.run(
        { ...request, name },
        {
          steps,
          onPoint: ({ learning_rate, loss }) => {
            done += 1;
            const at = `at ${learning_rate.toExponential(1)}, loss ${loss.toFixed(4)}`;
            output.liveLine(`Step ${done} of ${steps} ${at}`);
          },
        },
      );
      if (output.json) output.document(found);
      else tell(output, found);
      return EXIT.done;
    },
  });
