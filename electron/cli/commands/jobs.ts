import type { Command } from 'commander';
import { z } from 'zod';
import { versionedName } from '../../../src/lib/training/mixture';
import { type CommandSpec, NoOptions, operand, type Registry, WholeNumber, type Workplace } from '../command';
import { EXIT, exitCodeOfStatus } from '../exit-codes';
import { findJob } from '../find';
import { describeEnd, JOB_COLUMNS, jobPairs } from '../run/describe-job';
import type { CliServices } from '../io';
import { runInForeground } from '../run/foreground';
import { FORCE_FLAG, INEXACT_FLAG, orInsist } from '../run/insist';
import { isAtWork, settleForLook, settleOrphans, waitForRest } from '../run/orphans';
import { runQueue } from '../run/run-queue';
import { addJobDeletion } from './job-deletion';
import { addJobEnds } from './job-ends';
import { addJobRecords } from './job-records';

const lastEvents = async ({ jobs }: CliServices, id: string) => {
  const { total } = await jobs.events({ id, offset: 0, limit: 1 });
  return (await jobs.events({ id, offset: Math.max(0, total - 1), limit: 1 })).events;
};

const addLooks = (group: Command, { add }: Registry): void => {
  add(group, {
    usage: 'list',
    about: 'every run, the newest first',
    options: NoOptions,
    run: async (work) => {
      const { app, output } = work;
      await settleForLook(work);
      const jobs = await app.services.jobs.list();
      if (output.json) output.document(jobs);
      else if (jobs.length === 0) output.line(`No runs yet. Start one with: ${output.command('train')}`);
      else output.table(JOB_COLUMNS, jobs);
      return EXIT.done;
    },
  });
  add(group, {
    usage: 'show <run>',
    about: 'one run',
    options: NoOptions,
    run: async (work) => {
      const { app, output, args } = work;
      await settleForLook(work);
      const { services } = app;
      const job = await findJob(services, operand(args));
      const attempts = await services.jobs.attempts(job.id);
      const datasets = await services.jobs.datasets(job.id);
      if (output.json) output.document({ ...job, attempts, datasets });
      const events = await lastEvents(services, job.id);
      output.pairs(jobPairs(job, { dataset: versionedName(datasets), attempts, events }));
      return EXIT.done;
    },
  });
};

const AgainOptions = z.object({
  queue: z.boolean().optional(),
  force: z.boolean().optional(),
  inexact: z.boolean().optional(),
});
const QUEUE_FLAG = ['--queue', 'put it in the queue and return at once'] as const;

/** `resume` and `retry`: here and now, or with --queue when the queue comes to it. */
const addAgain = (group: Command, { add }: Registry): void => {
  const again = (verb: 'resume' | 'retry', about: string, flags: CommandSpec<unknown>['flags']): void =>
    add(group, {
      usage: `${verb} <run>`,
      about,
      flags,
      options: AgainOptions,
      run: async (work) => {
        const { app, output, args, options } = work;
        const { id } = await findJob(app.services, operand(args));
        const { queue, ...wish } = options;
        const begin = () => {
          if (verb === 'resume') output.note('Checking that it is still the same run …');
          return orInsist(app.services.jobs[verb](id, wish));
        };
        if (queue === true) {
          await settleOrphans(work);
          const job = await begin();
          output.answer({ event: 'job', job }, () => [`“${job.name}” is in the queue.`]);
          return EXIT.done;
        }
        const { job, code } = await runInForeground(work, begin);
        if (code === EXIT.done) describeEnd(output, job);
        return code;
      },
    });
  again('resume', 'go on with a run that was paused, interrupted or has failed', [QUEUE_FLAG, INEXACT_FLAG]);
  again('retry', 'the same data and settings as a new run', [QUEUE_FLAG, FORCE_FLAG]);
};

/** A queued run waits for a process that works the queue, which may never come by itself. */
const tellIfNobodyWorks = async ({ app: { services }, output }: Workplace, id: string): Promise<void> => {
  if (!isAtWork(await services.jobs.get(id)) || (await services.repositories.lease.current())) return;
  output.note(`Nobody works the queue now. Work it with: ${output.command('jobs run')}`);
};

const addQueue = (group: Command, { add }: Registry): void => {
  add(group, {
    usage: 'move <run>',
    about: 'change the place of a waiting run',
    flags: [['--to <n>', 'its place; 1 is next']],
    options: z.object({ to: WholeNumber.pipe(z.int().min(1, 'places count from 1')) }),
    run: async ({ app, output, args, options }) => {
      const { id, name } = await findJob(app.services, operand(args));
      await app.services.jobs.move(id, options.to - 1);
      output.answer(await app.services.jobs.get(id), () => [`“${name}” was moved.`]);
      return EXIT.done;
    },
  });
  add(group, {
    usage: 'wait <run>',
    about: 'return when a run has come to rest, with its exit code',
    options: NoOptions,
    run: async (work) => {
      const { app, output, args } = work;
      const { id } = await findJob(app.services, operand(args));
      await tellIfNobodyWorks(work, id);
      const job = await waitForRest(work, id);
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
      const { runs, code } = await runQueue(work);
      if (runs === 0) work.output.note('The queue is empty.');
      return code;
    },
  });
};

export const addJobs = (registry: Registry): void => {
  const group = registry.program
    .command('jobs')
    .description('runs: look at them, stop them, go on with them, remove them');
  addLooks(group, registry);
  addJobRecords(group, registry);
  addJobEnds(group, registry);
  addAgain(group, registry);
  addJobDeletion(group, registry);
  addQueue(group, registry);
};
