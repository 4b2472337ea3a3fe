import { DAYS_IN_BIN } from '../src/lib/messages/bin-words';
import type { DatasetService } from './services/datasets/dataset-service';

interface EmptyingBin {
  readonly datasets: Pick<DatasetService, 'purgeExpired'>;
  readonly onLog: (sentence: string) => void;
}

/** Where work begins, since that writes anyway: to look at a list on the command line removes nothing. */
export const emptyBin = async ({ datasets, onLog }: EmptyingBin): Promise<void> => {
  for (const { name, id } of await datasets.purgeExpired())
    onLog(`“${name}” (${id}) was in the bin for ${DAYS_IN_BIN} days and is gone for good.`);
};
