import { api } from '../../api';
import { formatAmount } from '../../components/format';
import { showToast } from '../../components/toasts';
import { toErrorPayload } from '../../lib/messages/app-error';
import { paths } from '../../paths';
import { datasets } from '../../stores';

type Navigate = (path: string) => void;

/** Imports what was dropped or chosen and goes where the result shows. */
export const importPaths = async (files: readonly string[], navigate: Navigate): Promise<void> => {
  if (files.length === 0) return;
  try {
    const imported = await api.datasets.import({ paths: [...files] });
    imported.forEach(datasets.put);
    const [only] = imported;
    navigate(only && imported.length === 1 ? paths.dataset(only.id) : paths.datasets);
  } catch (thrown) {
    const { message, hint } = toErrorPayload(thrown);
    showToast(`${formatAmount(files.length, 'file')} not imported`, `${message} ${hint}`);
  }
};

export const chooseAndImport = async (navigate: Navigate): Promise<void> =>
  importPaths(await api.desktop.choose_files(), navigate);

export const importSample = async (navigate: Navigate): Promise<void> => {
  const sample = await api.datasets.import_sample();
  datasets.put(sample);
  navigate(paths.dataset(sample.id));
};
