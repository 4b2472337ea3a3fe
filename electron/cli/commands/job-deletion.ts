import type { Command } from 'commander';
import type { TrainingJob } from '../../../src/lib/types/lora-training';
import type { ModelArtifact } from '../../../src/lib/types/model-artifact';
import { NoOptions, operand, type Registry } from '../command';
import { EXIT } from '../exit-codes';
import { findJob } from '../find';
import type { CliServices } from '../io';
import { settleOrphans } from '../run/orphans';

/** Also those that were put away: their files go as well. */
const modelsOf = async ({ models }: CliServices, { id }: TrainingJob): Promise<ModelArtifact[]> => {
  const all = [...(await models.list()), ...(await models.listDeleted())];
  return all.filter(({ job_id }) => job_id === id);
};

const goneWords = ({ name }: TrainingJob, models: readonly ModelArtifact[]): string => {
  const made = models.map((model) => `its model “${model.name}” ${model.version}`).join(', ');
  return made === ''
    ? `The run “${name}” is gone for good, with its samples, log and checkpoints.`
    : `The run “${name}” is gone for good, with ${made}, and its samples, log and checkpoints.`;
};

export const addJobDeletion = (group: Command, { add }: Registry): void =>
  add(group, {
    usage: 'delete <run>',
    about: 'remove a run, its model and all their files for good; nothing is asked',
    options: NoOptions,
    run: async (work) => {
      const { app, output, args } = work;
      const job = await findJob(app.services, operand(args));
      await settleOrphans(work);
      const models = await modelsOf(app.services, job);
      await app.services.jobs.delete(job.id);
      const artifact_ids = models.map(({ id }) => id);
      output.answer({ id: job.id, deleted: true, artifact_ids }, () => [goneWords(job, models)]);
      return EXIT.done;
    },
  });
