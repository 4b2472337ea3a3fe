import { type BrowserWindow, dialog, shell } from 'electron';
import type { Handlers } from '../../src/lib/contract/derived';
import type { DatasetService } from '../services/datasets/dataset-service';
import { problemsCsv } from '../services/datasets/problem-sheet';
import { writeCsvFile } from '../services/storage/csv-file';

/** Without what one of the systems does not allow in a file's name. */
const csvName = (name: string): string => `${name.replaceAll(/[^\p{L}\p{N}._ -]/gu, '').trim()} problems.csv`;

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
  const savePath = async (options: Electron.SaveDialogOptions): Promise<string | null> => {
    const window = currentWindow();
    const chosen = window
      ? await dialog.showSaveDialog(window, options)
      : await dialog.showSaveDialog(options);
    return chosen.canceled || chosen.filePath === '' ? null : chosen.filePath;
  };
  return {
    choose_files: () => open({ title: 'Import data', properties: ['openFile', 'multiSelections'] }),
    choose_folder: async ({ title }) =>
      (await open({ title, properties: ['openDirectory', 'createDirectory'] }))[0] ?? null,
    choose_save_path: ({ name }) => savePath({ title: 'Export', defaultPath: name }),
    save_problems: async ({ id }) => {
      const { name } = await datasets.get(id);
      const path = await savePath({ title: 'Save the list of problems', defaultPath: csvName(name) });
      if (path === null) return null;
      await writeCsvFile(path, problemsCsv(await datasets.allProblems(id)));
      return path;
    },
    show_in_folder: ({ path }) => {
      shell.showItemInFolder(path);
      return Promise.resolve();
    },
  };
};
