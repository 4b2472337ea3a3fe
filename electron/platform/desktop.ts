import { type BrowserWindow, dialog, shell } from 'electron';
import type { Handlers } from '../../src/lib/contract/derived';
import { fileNameOf } from '../../src/lib/file-name';
import type { DatasetService } from '../services/datasets/dataset-service';
import { problemsCsv } from '../services/datasets/problem-sheet';
import { writeFileWhole } from '../services/storage/write-file-whole';

/** Dialogs and the file manager. Paths that come from here were chosen by a person. */
export const desktopHandlers = (
  currentWindow: () => BrowserWindow | null,
  { datasets }: { readonly datasets: DatasetService },
): Handlers['desktop'] => {
  const open = async (options: Electron.OpenDialogOptions): Promise<string[]> => {
    const window = currentWindow();
    const chosen = window
      ? await dialog.showOpenDialog(window, options)
      : await dialog.showOpenDialog(options);
    return chosen.canceled ? [] : chosen.filePaths;
  };
  const choosePath = async (title: string, name: string): Promise<string | null> => {
    const window = currentWindow();
    const options = { title, defaultPath: name };
    const chosen = window
      ? await dialog.showSaveDialog(window, options)
      : await dialog.showSaveDialog(options);
    return chosen.canceled || chosen.filePath === '' ? null : chosen.filePath;
  };
  return {
    choose_files: () => open({ title: 'Import data', properties: ['openFile', 'multiSelections'] }),
    choose_folder: async ({ title }) =>
      (await open({ title, properties: ['openDirectory', 'createDirectory'] }))[0] ?? null,
    choose_save_path: ({ name }) => choosePath('Export', name),
    save_file: async ({ name, content, encoding }) => {
      const path = await choosePath('Save', name);
      if (path !== null) await writeFileWhole(path, Buffer.from(content, encoding));
      return path;
    },
    save_problems: async ({ id }) => {
      const { name } = await datasets.get(id);
      const path = await choosePath(
        'Save the list of problems',
        `${fileNameOf(name, 'dataset')} problems.csv`,
      );
      if (path === null) return null;
      await writeFileWhole(path, problemsCsv(await datasets.allProblems(id)));
      return path;
    },
    show_in_folder: ({ path }) => {
      shell.showItemInFolder(path);
      return Promise.resolve();
    },
  };
};
