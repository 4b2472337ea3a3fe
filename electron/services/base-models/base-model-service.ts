import { realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Publisher } from '../../../src/lib/contract/derived';
import { AppError } from '../../../src/lib/messages/app-error';
import { notThere } from '../../../src/lib/messages/not-there';
import type { NewBaseModel } from '../../db/repositories/base-models';
import type { BaseModel } from '../../../src/lib/types/base-model';
import { ChangedFiles } from './changed-files';
import { checkModelFolder } from './check-folder';
import { modelFoldersIn } from './model-folders';

export const BUNDLED_MODEL = 'smollm2-135m-instruct';

export interface BaseModelStore {
  list(): Promise<BaseModel[]>;
  get(id: string): Promise<BaseModel | null>;
  /** By the names of its files; null for a model that is not in use. */
  hashes(id: string): Promise<Readonly<Record<string, string>> | null>;
  /** Whether the folder was ever added, also when it was removed since. */
  knows(path: string): Promise<boolean>;
  upsert(model: NewBaseModel): Promise<BaseModel>;
  remove(id: string): Promise<boolean>;
}

interface BaseModelOptions {
  readonly store: BaseModelStore;
  readonly publisher: Publisher;
  readonly bundledDir: string;
  readonly now: () => string;
}

export class BaseModelService {
  readonly #options: BaseModelOptions;
  readonly #changed = new ChangedFiles();

  constructor(options: BaseModelOptions) {
    this.#options = options;
  }

  list(): Promise<BaseModel[]> {
    return this.#options.store.list();
  }

  async get(id: string): Promise<BaseModel> {
    const model = await this.#options.store.get(id);
    if (!model) throw notThere('base model', id);
    return model;
  }

  /** As its files are now: where some that decide tokens have changed, the folder is checked again. */
  async current(id: string): Promise<BaseModel> {
    const model = await this.get(id);
    const hashes = await this.#options.store.hashes(id);
    if (hashes === null || !(await this.#changed.areIn(model.path, hashes))) return model;
    return this.add({ path: model.path, name: model.name });
  }

  /** Checks a folder and remembers it; the same folder again renews what is known of it. */
  async add({ path, name }: { path: string; name?: string }): Promise<BaseModel> {
    const { shape, linear_layers, ...checked } = await checkModelFolder(path);
    const model = await this.#options.store.upsert({
      ...checked,
      name: name ?? basename(checked.path),
      config: { ...shape, linear_layers: { ...linear_layers } },
      bundled: checked.path === (await this.#bundledPath()),
      checked_at: this.#options.now(),
    });
    this.#options.publisher.publish('base_models.changed', model);
    return model;
  }

  /** Registers the bundled model at first start; one that the user has removed stays so. */
  async ensureBundled(): Promise<void> {
    if (!(await this.#options.store.knows(await this.#bundledPath()))) await this.#addBundled();
  }

  /** The bundled model for who asks for it, also after it was removed; null where its folder is missing. */
  async bundled(): Promise<BaseModel | null> {
    const path = await this.#bundledPath();
    return (await this.list()).find((model) => model.path === path) ?? this.#addBundled();
  }

  async #addBundled(): Promise<BaseModel | null> {
    try {
      return await this.add({ path: this.#options.bundledDir, name: BUNDLED_MODEL });
    } catch (thrown) {
      if (thrown instanceof AppError) return null;
      throw thrown;
    }
  }

  /** As a checked folder is called: without links. */
  #bundledPath(): Promise<string> {
    const { bundledDir } = this.#options;
    return realpath(bundledDir).catch(() => bundledDir);
  }

  /** Adds every model folder found directly below `folder`, or in a cache of Hugging Face; says of the others why not. */
  async scan(folder: string): Promise<{ added: BaseModel[]; refused: { path: string; reason: string }[] }> {
    const added: BaseModel[] = [];
    const refused: { path: string; reason: string }[] = [];
    for (const { path, name } of await modelFoldersIn(folder)) {
      try {
        added.push(await this.add(name === null ? { path } : { path, name }));
      } catch (thrown) {
        if (!(thrown instanceof AppError)) throw thrown;
        refused.push({ path, reason: thrown.message });
      }
    }
    return { added, refused };
  }

  /** Forgets a model; its folder is left as it is. */
  async remove(id: string): Promise<void> {
    if (!(await this.#options.store.remove(id))) throw notThere('base model', id);
    this.#options.publisher.publish('base_models.removed', { id });
  }
}
