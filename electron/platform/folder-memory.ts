import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { SettingsStore } from '../services/settings/settings-service';

/** What a dialog asks for a place of. */
export type PlaceKind = 'data' | 'base_model' | 'export' | 'save' | 'recipe';

const Folder = z.string().min(1);

const keyOf = (kind: PlaceKind): string => `folder ${kind}`;

const isFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => null))?.isDirectory() ?? false;

/** The folders that were used last. What cannot be remembered is told, and costs nobody the choice that was made. */
export class FolderMemory {
  readonly #store: SettingsStore;
  readonly #onFailure: (thrown: unknown) => void;

  constructor(store: SettingsStore, onFailure: (thrown: unknown) => void) {
    this.#store = store;
    this.#onFailure = onFailure;
  }

  /** Null before the first choice, and where the folder is gone. */
  async recall(kind: PlaceKind): Promise<string | null> {
    try {
      const folder = Folder.safeParse((await this.#store.all())[keyOf(kind)]).data;
      return folder !== undefined && (await isFolder(folder)) ? folder : null;
    } catch (thrown) {
      this.#onFailure(thrown);
      return null;
    }
  }

  /** That in which the chosen file or folder lies. */
  async keep(kind: PlaceKind, chosen: string): Promise<void> {
    try {
      await this.#store.set(keyOf(kind), dirname(chosen));
    } catch (thrown) {
      this.#onFailure(thrown);
    }
  }
}
