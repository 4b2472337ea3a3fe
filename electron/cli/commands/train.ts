import { z } from 'zod';
import type { Registry } from '../command';
import { EXIT } from '../exit-codes';
import { describeEnd } from '../run/describe-job';
import { FORCE_FLAG, orInsist } from '../run/insist';
import { noteLeaks } from '../run/mixture-leaks';
import { runInForeground } from '../run/foreground';
import { RUN_FLAGS, RunOptions, runOf } from '../run/run-options';
import { settingHelp } from '../run/setting-help';

const TrainOptions = RunOptions.extend({
  queue: z.boolean().optional(),
  force: z.boolean().optional(),
});

export const addTrain = ({ program, add }: Registry): void =>
  add(program, {
    usage: 'train',
    about: 'train an adapter here, showing how it goes; Ctrl-C saves',
    flags: [
      ...RUN_FLAGS,
      ['--name <name>', 'what the run and its model are called'],
      ['--queue', 'put it in the queue and return at once'],
      FORCE_FLAG,
    ],
    more: settingHelp,
    options: TrainOptions,
    run: async (work) => {
      const { options, output, app } = work;
      const { services } = app;
      const run = await runOf(work, options);
      const { force } = options;
      const create = () => orInsist(services.jobs.create({ ...run.request, name: run.name }, { force }));
      if (options.queue === true) {
        const job = await create();
        await noteLeaks(work, run.request);
        output.answer({ event: 'job', job }, () => [
          `“${job.name}” ${job.id} is in the queue. Work it with: ${output.command('jobs run')}`,
        ]);
        return EXIT.done;
      }
      await services.jobs.settings(run.request);
      await noteLeaks(work, run.request);
      const { job, code } = await runInForeground(work, create);
      if (code === EXIT.done) describeEnd(output, job);
      return code;
    },
  });
