import { api } from '../../api';
import { attempt } from '../../attempt';
import { paths } from '../../paths';
import { datasets } from '../../stores';

type Navigate = (path: string) => void;

/** Goes to the sample where there is a way to go; a page that waits for a dataset shows it itself. */
export const importSample = (navigate?: Navigate): Promise<void> =>
  attempt('The sample was not imported', async () => {
    const sample = await api.datasets.import_sample();
    datasets.put(sample);
    navigate?.(paths.dataset(sample.id));
  });
