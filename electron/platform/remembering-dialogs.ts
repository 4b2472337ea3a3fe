import { join } from 'node:path';
import type { FolderMemory, PlaceKind } from './folder-memory';

/** The desktop's own, over the window where there is one. */
export interface NativeDialogs {
  readonly open: (options: Electron.OpenDialogOptions) => Promise<Electron.OpenDialogReturnValue>;
  readonly save: (options: Electron.SaveDialogOptions) => Promise<Electron.SaveDialogReturnValue>;
}

type SaveOptions = Pick<Electron.SaveDialogOptions, 'title' | 'filters'>;

/** Dialogs that begin where the last one of their kind ended. */
export const rememberingDialogs = ({ open, save }: NativeDialogs, folders: FolderMemory) => ({
  /** The chosen paths; none where nobody chose. */
  open: async (kind: PlaceKind, options: Electron.OpenDialogOptions): Promise<string[]> => {
    const folder = await folders.recall(kind);
    const { canceled, filePaths } = await open({
      ...options,
      ...(folder !== null && { defaultPath: folder }),
    });
    const [first] = filePaths;
    if (canceled || first === undefined) return [];
    await folders.keep(kind, first);
    return filePaths;
  },
  /** The chosen path; null where nobody chose. */
  save: async (kind: PlaceKind, name: string, options: SaveOptions): Promise<string | null> => {
    const folder = await folders.recall(kind);
    const defaultPath = folder === null ? name : join(folder, name);
    const { canceled, filePath } = await save({
      ...options,
      defaultPath,
      // The desktops of Linux overwrite without it.
      properties: ['showOverwriteConfirmation'],
    });
    if (canceled || filePath === '') return null;
    await folders.keep(kind, filePath);
    return filePath;
  },
});
