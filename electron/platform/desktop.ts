import { type BrowserWindow, dialog, shell } from 'electron';
import type { Handlers } from '../../src/lib/contract/derived';
import { fileNameOf } from '../../src/lib/file-name';
import type { DatasetService } from '../services/datasets/dataset-service';
import { problemsCsv } from '../services/datasets/problem-sheet';
import { writeFileWhole } from '../services/storage/write-file-whole';
import type { FolderMemory } from './folder-memory';
import { recipeDialogs } from './recipe-dialogs';
import { type NativeDialogs, rememberingDialogs } from './remembering-dialogs';
import { showLog } from './show-log';

const nativeDialogs = (currentWindow: () => BrowserWindow | null): NativeDialogs => ({
  open: (options) => {
    const window = currentWindow();
    return window ? dialog.showOpenDialog(window, options) : dialog.showOpenDialog(options);
  },
  save: (options) => {
    const window = currentWindow();
    return window ? dialog.showSaveDialog(window, options) : dialog.showSaveDialog(options);
  },
});

interface Shown {
  readonly datasets: DatasetService;
  readonly folders: FolderMemory;
  /** The app's own log. */
  readonly logPath: string;
}

/** Dialogs and the file manager. Paths that come from here were chosen by a person. */
export const desktopHandlers = (
  currentWindow: () => BrowserWindow | null,
  { datasets, folders, logPath }: Shown,
): Handlers['desktop'] => {
  const dialogs = rememberingDialogs(nativeDialogs(currentWindow), folders);
  const { open, save } = dialogs;
  return {
    ...recipeDialogs(dialogs),
    choose_files: ({ title, several }) =>
      open('data', { title, properties: ['openFile', ...(several ? (['multiSelections'] as const) : [])] }),
    choose_folder: async ({ title }) =>
      (await open('base_model', { title, properties: ['openDirectory', 'createDirectory'] }))[0] ?? null,
    choose_save_path: ({ name }) => save('export', name, { title: 'Export' }),
    save_file: async ({ name, content, encoding }) => {
      const path = await save('save', name, { title: 'Save' });
      if (path !== null) await writeFileWhole(path, Buffer.from(content, encoding));
      return path;
    },
    save_problems: async ({ id, ...filter }) => {
      const { name } = await datasets.get(id);
      const path = await save('save', `${fileNameOf(name, 'dataset')} problems.csv`, {
        title: 'Save the list of problems',
      });
      if (path === null) return null;
      await writeFileWhole(path, problemsCsv(await datasets.allProblems(id, filter)));
      return path;
    },
    show_in_folder: ({ path }) => {
      shell.showItemInFolder(path);
      return Promise.resolve();
    },
    show_log: () => showLog(logPath, shell),
  };
};
