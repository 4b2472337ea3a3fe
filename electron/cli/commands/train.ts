import { z } from 'zod';
import { AppError } from '../../../src/lib/messages/app-error';
import { formatMemory } from '../../../src/lib/messages/format';
import type { Registry } from '../command';
import { EXIT } from '../exit-codes';
import type { CliServices } from '../io';
import { describeEnd } from '../run/describe-job';
import { runInForeground } from '../run/foreground';
import { type Run, RUN_FLAGS, RunOptions, runOf } from '../run/run-options';
import { settingHelp } from '../run/setting-help';

const TrainOptions = RunOptions.extend({
  queue: z.boolean().optional(),
  force: z.boolean().optional(),
});

/** Before a run starts here and now; one that waits in the queue meets other memory. */
const checkFit = async ({ estimates }: CliServices, { request }: Run): Promise<void> => {
  const { fits, memory_bytes, memory_free_bytes, remedies } = await estimates.estimate(request);
  if (fits !== 'does_not_fit') return;
  const ways = remedies.map(({ label }) => label).join('; ');
  throw new AppError({
    code: 'does_not_fit',
    message: `The run needs ≈ ${formatMemory(memory_bytes.expected)} of memory, and ${formatMemory(memory_free_bytes)} are free.`,
    hint: `${ways === '' ? 'Choose a smaller base model' : ways}; or start it anyway with --force.`,
  });
};

export const addTrain = ({ program, add }: Registry): void =>
  add(program, {
    usage: 'train',
    about: 'train an adapter here, showing how it goes; Ctrl-C saves',
    flags: [
      ...RUN_FLAGS,
      ['--name <name>', 'what the run and its model are called'],
      ['--queue', 'put it in the queue and return at once'],
      ['--force', 'start it although it seems not to fit into memory'],
    ],
    more: settingHelp,
    options: TrainOptions,
    run: async (work) => {
      const { options, output, app } = work;
      const { services } = app;
      const run = await runOf(work, options);
      const create = () => services.jobs.create({ ...run.request, name: run.name });
      if (options.queue === true) {
        const job = await create();
        output.answer({ event: 'job', job }, () => [
          `“${job.name}” ${job.id} is in the queue. Work it with: ${output.command('jobs run')}`,
        ]);
        return EXIT.done;
      }
      await services.jobs.settings(run.request);
      if (options.force !== true) await checkFit(services, run);
      const { job, code } = await runInForeground(work, create);
      if (code === EXIT.done) describeEnd(output, job);
      return code;
    },
  });
