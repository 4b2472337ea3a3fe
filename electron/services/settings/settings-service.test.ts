import { describe, expect, it, vi } from 'vitest';
import { DEFAULT_SETTINGS } from '../../../src/lib/types/system';
import { SettingsService } from './settings-service';

const serviceOver = (stored: Record<string, unknown>) => {
  const publish = vi.fn();
  const store = {
    all: () => Promise.resolve(stored),
    set: (key: string, value: unknown) => {
      stored[key] = value;
      return Promise.resolve();
    },
  };
  return { service: new SettingsService({ store, publisher: { publish } }), publish };
};

describe('SettingsService', () => {
  it('starts with the defaults', async () => {
    expect(await serviceOver({}).service.get()).toEqual(DEFAULT_SETTINGS);
  });

  it('replaces only the stored value that is not valid', async () => {
    const { service } = serviceOver({ theme: 'sepia', currency: 'CHF', left_by_an_older_version: 1 });
    expect(await service.get()).toEqual({ ...DEFAULT_SETTINGS, currency: 'CHF' });
  });

  it('S10 starts with defaults where everything is corrupt, and keeps what it writes over as a .bak', async () => {
    const corrupt = Object.fromEntries(Object.keys(DEFAULT_SETTINGS).map((key) => [key, { corrupt: key }]));
    const stored = { ...corrupt };
    const { service } = serviceOver(stored);
    expect(await service.get()).toEqual(DEFAULT_SETTINGS);
    expect(stored).toEqual(corrupt);
    await service.set({ theme: 'dark' });
    await service.set({ theme: 'light' });
    expect(stored).toEqual({ ...corrupt, theme: 'light', 'theme.bak': { corrupt: 'theme' } });
    expect(await service.get()).toEqual({ ...DEFAULT_SETTINGS, theme: 'light' });
  });

  it('stores a change and says so', async () => {
    const { service, publish } = serviceOver({});
    await service.set({ theme: 'dark' });
    expect(publish).toHaveBeenCalledWith('settings.changed', { ...DEFAULT_SETTINGS, theme: 'dark' });
    expect((await service.get()).theme).toBe('dark');
  });

  it('stores nothing of a change that is not valid', async () => {
    const { service } = serviceOver({});
    await expect(service.set({ theme: 'dark', price_per_kwh: -1 })).rejects.toThrow();
    expect(await service.get()).toEqual(DEFAULT_SETTINGS);
  });
});
