import { api } from '../../api';
import { attempt } from '../../attempt';
import { formatAmount } from '../../components/format';
import { paths } from '../../paths';
import { datasets } from '../../stores';

type Navigate = (path: string) => void;

/** Imports what was dropped or chosen and goes where the result shows. */
export const importPaths = async (files: readonly string[], navigate: Navigate): Promise<void> => {
  if (files.length === 0) return;
  await attempt(`${formatAmount(files.length, 'file')} not imported`, async () => {
    const imported = await api.datasets.import({ paths: [...files] });
    imported.forEach(datasets.put);
    const [only] = imported;
    navigate(only && imported.length === 1 ? paths.dataset(only.id) : paths.datasets);
  });
};

export const chooseAndImport = (navigate: Navigate): Promise<void> =>
  attempt('No files were chosen', async () => importPaths(await api.desktop.choose_files(), navigate));

/** Goes to the sample where there is a way to go; a page that waits for a dataset shows it itself. */
export const importSample = (navigate?: Navigate): Promise<void> =>
  attempt('The sample was not imported', async () => {
    const sample = await api.datasets.import_sample();
    datasets.put(sample);
    navigate?.(paths.dataset(sample.id));
  });
