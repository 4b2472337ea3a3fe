import { type BrowserWindow, dialog, shell } from 'electron';
import type { Handlers } from '../../src/lib/contract/derived';

/** Dialogs and the file manager. Paths that come from here were chosen by a person. */
export const desktopHandlers = (currentWindow: () => BrowserWindow | null): Handlers['desktop'] => {
  const open = async (options: Electron.OpenDialogOptions): Promise<string[]> => {
    const window = currentWindow();
    const chosen = window
      ? await dialog.showOpenDialog(window, options)
      : await dialog.showOpenDialog(options);
    return chosen.canceled ? [] : chosen.filePaths;
  };
  return {
    choose_files: () => open({ title: 'Import data', properties: ['openFile', 'multiSelections'] }),
    choose_folder: async ({ title }) =>
      (await open({ title, properties: ['openDirectory', 'createDirectory'] }))[0] ?? null,
    choose_save_path: async ({ name }) => {
      const window = currentWindow();
      const options = { title: 'Export', defaultPath: name };
      const chosen = window
        ? await dialog.showSaveDialog(window, options)
        : await dialog.showSaveDialog(options);
      return chosen.canceled || chosen.filePath === '' ? null : chosen.filePath;
    },
    show_in_folder: ({ path }) => {
      shell.showItemInFolder(path);
      return Promise.resolve();
    },
  };
};
