import { api } from '../../api';
import { attempt } from '../../attempt';
import { formatAmount } from '../../components/format';
import { showToast } from '../../components/toasts';
import { paths } from '../../paths';
import type { FoundFiles } from '../../lib/types/import-preview';
import type { Dataset } from '../../lib/types/lora-training';
import { addFiles, addKept } from './import-store';

type Navigate = (path: string) => void;

/** Files, and those of folders, to the page where they are looked at. */
export const takeFiles = async (chosen: readonly string[], navigate: Navigate): Promise<void> => {
  if (chosen.length === 0) return;
  await attempt(`${formatAmount(chosen.length, 'file')} not opened`, async () => {
    const answer = await api.datasets.find_files({ paths: [...chosen] });
    if (answer.paths.length > 0) {
      addFiles(answer.paths);
      navigate(paths.import);
    }
    sayLeftOut(answer);
  });
};

const sayLeftOut = ({ left_out, unread_folders, empty_folders }: Omit<FoundFiles, 'paths'>): void => {
  if (left_out > 0)
    showToast(
      `${formatAmount(left_out, 'file')} left out`,
      'At most 50 files are taken at once; drop the others later.',
    );
  if (unread_folders > 0)
    showToast(
      `${formatAmount(unread_folders, 'folder')} left out`,
      'What is inside cannot be read. See to the permissions, and drop it again.',
    );
  if (empty_folders > 0)
    showToast(
      `${formatAmount(empty_folders, 'folder')} left out`,
      'There is no file inside to import. Hidden files, links and what is more than 4 folders deep are not taken.',
    );
};

export const chooseAndImport = (navigate: Navigate): Promise<void> =>
  attempt('No files were chosen', async () =>
    takeFiles(await api.desktop.choose_files({ title: 'Import data', several: true }), navigate),
  );

/** The original of a dataset as it was kept, to the page where it can be read another way. */
export const readAgain = ({ id, name, description }: Dataset, navigate: Navigate): Promise<void> =>
  attempt(`“${name}” cannot be read another way`, async () => {
    const { path, file_name } = await api.datasets.source({ id });
    addKept(path, { fileName: file_name, name, description: description ?? '' });
    navigate(paths.import);
  });
