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

/** A stored value that is not valid falls back to its default, alone. */
const settingsFrom = (
  stored: Readonly<Record<string, unknown>>,
): { settings: Settings; broken: string[] } => {
  const valid: Record<string, unknown> = {};
  const broken: string[] = [];
  for (const [key, schema] of Object.entries(Settings.shape)) {
    const parsed = schema.safeParse(stored[key]);
    if (parsed.success) valid[key] = parsed.data;
    else if (key in stored) broken.push(key);
  }
  return { settings: Settings.parse({ ...DEFAULT_SETTINGS, ...valid }), broken };
};

export class SettingsService {
  readonly #options: SettingsOptions;

  constructor(options: SettingsOptions) {
    this.#options = options;
  }

  async get(): Promise<Settings> {
    return settingsFrom(await this.#options.store.all()).settings;
  }

  async set(changes: Partial<Settings>): Promise<Settings> {
    const wanted = Object.entries(Settings.partial().parse(changes));
    const stored = await this.#options.store.all();
    const { broken } = settingsFrom(stored);
    for (const [key, value] of wanted) {
      // What could not be read is kept: a newer version may have written it.
      if (broken.includes(key)) await this.#options.store.set(`${key}.bak`, stored[key]);
      await this.#options.store.set(key, value);
    }
    const settings = await this.get();
    this.#options.publisher.publish('settings.changed', settings);
    return settings;
  }
}
