import type { Command } from 'commander';
import { z } from 'zod';
import { isActive, isResumable } from '../../../src/lib/training/job-states';
import type { TrainingJob } from '../../../src/lib/types/lora-training';
import { operand, type Registry, usageError, type Workplace } from '../command';
import { EXIT } from '../exit-codes';
import { findJob } from '../find';
import { describeEnd } from '../run/describe-job';
import { settleOrphans, untilRest } from '../run/orphans';

const tell = ({ output }: Workplace, job: TrainingJob): number => {
  if (output.json) output.document(job);
  describeEnd(output, job);
  return EXIT.done;
};

/** What the run is once those of dead processes are put right, and whether this one was among them. */
const settled = async (work: Workplace, { id, status }: TrainingJob) => {
  await settleOrphans(work);
  const job = await work.app.services.jobs.get(id);
  return { job, wasOrphan: isActive(status) && !isActive(job.status) };
};

const addPause = (group: Command, { add }: Registry): void =>
  add(group, {
    usage: 'pause <run>',
    about: 'save a run and free the machine; resume goes on with it',
    flags: [
      ['--reason <text>', "why; it stands in the run's log"],
      ['--save', 'save its state (so it is without a word)'],
      ['--no-save', 'refused: a pause always saves'],
    ],
    options: z.object({ save: z.boolean().default(true), reason: z.string().max(500).optional() }),
    run: async (work) => {
      const { app, args, options } = work;
      if (!options.save) throw usageError('A pause always saves.', 'Cancel the run to keep nothing of it.');
      const { job, wasOrphan } = await settled(work, await findJob(app.services, operand(args)));
      if (!wasOrphan || !isResumable(job.status)) await app.services.jobs.pause(job.id);
      const rested = await untilRest(work, job.id);
      const { reason } = options;
      if (reason !== undefined)
        await app.services.repositories.records.appendLogs(job.id, job.attempt, [`paused: ${reason}`]);
      return tell(work, rested);
    },
  });

const addCancel = (group: Command, { add }: Registry): void =>
  add(group, {
    usage: 'cancel <run>',
    about: 'end a run for good',
    flags: [
      ['--save', 'keep its best checkpoint as a model'],
      ['--no-save', 'keep nothing (so it is without a word)'],
      ['--reason <text>', 'why, for later'],
    ],
    options: z.object({ save: z.boolean().default(false), reason: z.string().max(500).optional() }),
    run: async (work) => {
      const { app, args, options } = work;
      const { job } = await settled(work, await findJob(app.services, operand(args)));
      await app.services.jobs.cancel({ id: job.id, save: options.save, reason: options.reason ?? null });
      return tell(work, await untilRest(work, job.id));
    },
  });

export const addJobEnds = (group: Command, registry: Registry): void => {
  addPause(group, registry);
  addCancel(group, registry);
};
