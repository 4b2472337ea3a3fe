import type { Command } from 'commander';
import { z } from 'zod';
import { NoOptions, operand, type Registry, WholeNumber } from '../command';
import { EXIT, exitCodeOfStatus } from '../exit-codes';
import { findJob } from '../find';
import { describeEnd, JOB_COLUMNS, jobPairs } from '../run/describe-job';
import { runInForeground, runQueue, untilRest, waitForRest } from '../run/foreground';
import { addJobRecords } from './job-records';

const addLooks = (group: Command, { add }: Registry): void => {
  add(group, {
    usage: 'list',
    about: 'every run, the newest first',
    options: NoOptions,
    run: async ({ app, output }) => {
      const jobs = await app.services.jobs.list();
      if (output.json) output.document(jobs);
      else if (jobs.length === 0) output.line('No runs yet. Start one with: pipeline train');
      else output.table(JOB_COLUMNS, jobs);
      return EXIT.done;
    },
  });
  add(group, {
    usage: 'show <run>',
    about: 'one run',
    options: NoOptions,
    run: async ({ app, output, args }) => {
      const job = await findJob(app.services, operand(args));
      if (output.json) output.document(job);
      output.pairs(jobPairs(job));
      return EXIT.done;
    },
  });
};

const addEnds = (group: Command, { add }: Registry): void => {
  add(group, {
    usage: 'pause <run>',
    about: 'save a run and free the machine; resume goes on with it',
    options: NoOptions,
    run: async ({ app, output, args }) => {
      const { id } = await findJob(app.services, operand(args));
      await app.services.jobs.pause(id);
      const job = await untilRest(app.services, id);
      if (output.json) output.document(job);
      describeEnd(output, job);
      return EXIT.done;
    },
  });
  add(group, {
    usage: 'cancel <run>',
    about: 'end a run for good',
    flags: [
      ['--save', 'keep its best checkpoint as a model'],
      ['--no-save', 'keep nothing (so it is without a word)'],
      ['--reason <text>', 'why, for later'],
    ],
    options: z.object({ save: z.boolean().default(false), reason: z.string().max(500).optional() }),
    run: async ({ app, output, args, options }) => {
      const { id } = await findJob(app.services, operand(args));
      await app.services.jobs.cancel({ id, save: options.save, reason: options.reason ?? null });
      const job = await untilRest(app.services, id);
      if (output.json) output.document(job);
      describeEnd(output, job);
      return EXIT.done;
    },
  });
};

const QueueOption = z.object({ queue: z.boolean().optional() });

/** `resume` and `retry`: here and now, or with --queue when the queue comes to it. */
const addAgain = (group: Command, { add }: Registry): void => {
  const again = (verb: 'resume' | 'retry', about: string): void =>
    add(group, {
      usage: `${verb} <run>`,
      about,
      flags: [['--queue', 'put it in the queue and return at once']],
      options: QueueOption,
      run: async (work) => {
        const { app, output, args, options } = work;
        const { id } = await findJob(app.services, operand(args));
        const begin = () => app.services.jobs[verb](id);
        if (options.queue === true) {
          const job = await begin();
          output.answer({ event: 'job', job }, () => [`“${job.name}” is in the queue.`]);
          return EXIT.done;
        }
        const { job, code } = await runInForeground(work, begin);
        if (code === EXIT.done) describeEnd(output, job);
        return code;
      },
    });
  again('resume', 'go on with a run that was paused, interrupted or has failed');
  again('retry', 'the same data and settings as a new run');
};

const addQueue = (group: Command, { add }: Registry): void => {
  add(group, {
    usage: 'move <run>',
    about: 'change the place of a waiting run',
    flags: [['--to <n>', 'its place; 1 is next']],
    options: z.object({ to: WholeNumber }),
    run: async ({ app, output, args, options }) => {
      const { id, name } = await findJob(app.services, operand(args));
      await app.services.jobs.move(id, Math.max(0, options.to - 1));
      output.answer(await app.services.jobs.get(id), () => [`“${name}” was moved.`]);
      return EXIT.done;
    },
  });
  add(group, {
    usage: 'wait <run>',
    about: 'return when a run has come to rest, with its exit code',
    options: NoOptions,
    run: async ({ app, output, args }) => {
      const { id } = await findJob(app.services, operand(args));
      const job = await waitForRest(app.services, id);
      if (output.json) output.document(job);
      describeEnd(output, job);
      return exitCodeOfStatus(job.status);
    },
  });
  add(group, {
    usage: 'run',
    about: 'work the queue here until it is empty',
    options: NoOptions,
    run: async (work) => {
      const { jobs, code } = await runQueue(work);
      if (jobs.length === 0) work.output.note('The queue is empty.');
      return code;
    },
  });
};

export const addJobs = (registry: Registry): void => {
  const group = registry.program
    .command('jobs')
    .description('runs: look at them, stop them, go on with them');
  addLooks(group, registry);
  addJobRecords(group, registry);
  addEnds(group, registry);
  addAgain(group, registry);
  addQueue(group, registry);
};
