import type { Publisher } from '../../../src/lib/contract/derived';
import { DEFAULT_SETTINGS, Settings } from '../../../src/lib/types/system';

/** Where settings are kept: one JSON value a key. */
export interface SettingsStore {
  all(): Promise<Readonly<Record<string, unknown>>>;
  set(key: string, value: unknown): Promise<void>;
}

interface SettingsOptions {
  readonly store: SettingsStore;
  readonly publisher: Publisher;
}

/** A stored value that is no longer valid falls back to its default, alone. */
const settingsFrom = (stored: Readonly<Record<string, unknown>>): Settings => {
  const valid = Object.entries(Settings.shape).flatMap(([key, schema]) => {
    const parsed = schema.safeParse(stored[key]);
    return parsed.success ? [[key, parsed.data]] : [];
  });
  return Settings.parse({ ...DEFAULT_SETTINGS, ...Object.fromEntries(valid) });
};

export class SettingsService {
  readonly #options: SettingsOptions;

  constructor(options: SettingsOptions) {
    this.#options = options;
  }

  async get(): Promise<Settings> {
    return settingsFrom(await this.#options.store.all());
  }

  async set(changes: Partial<Settings>): Promise<Settings> {
    for (const [key, value] of Object.entries(Settings.partial().parse(changes))) {
      await this.#options.store.set(key, value);
    }
    const settings = await this.get();
    this.#options.publisher.publish('settings.changed', settings);
    return settings;
  }
}
