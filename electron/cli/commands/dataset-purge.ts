import type { Command } from 'commander';
import { AppError } from '../../../src/lib/messages/app-error';
import type { Dataset } from '../../../src/lib/types/lora-training';
import { NoOptions, type Registry } from '../command';
import { EXIT } from '../exit-codes';
import { findDeletedDataset } from '../find';
import type { CliServices } from '../io';

interface Kept {
  readonly id: string;
  readonly reason: string;
}

/** What a run was made of stays, and is named. */
const purgeAll = async ({ datasets }: CliServices, deleted: readonly Dataset[]) => {
  const purged: string[] = [];
  const kept: Kept[] = [];
  for (const { id } of deleted) {
    try {
      await datasets.purge(id);
      purged.push(id);
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.code !== 'dataset_in_use') throw thrown;
      kept.push({ id, reason: thrown.message });
    }
  }
  return { purged, kept };
};

export const addPurge = (group: Command, { add }: Registry): void =>
  add(group, {
    usage: 'purge [dataset]',
    about: 'remove deleted datasets and their files for good; one, or all that no run was made of',
    options: NoOptions,
    run: async ({ app: { services }, output, args }) => {
      const [wanted] = args;
      if (wanted !== undefined) {
        const { id, name } = await findDeletedDataset(services, wanted);
        await services.datasets.purge(id);
        output.answer({ purged: [id], kept: [] }, () => [`“${name}” is gone for good.`]);
        return EXIT.done;
      }
      const { purged, kept } = await purgeAll(services, await services.repositories.datasets.listDeleted());
      output.answer({ purged, kept }, () => [
        `${purged.length} deleted datasets are gone for good.`,
        ...kept.map(({ reason }) => reason),
      ]);
      return EXIT.done;
    },
  });
