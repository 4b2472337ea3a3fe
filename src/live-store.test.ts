import { describe, expect, it, vi } from 'vitest';
import { createApi } from './api';
import { createFakeApi } from './fake-api';
import { createLiveStore, type LiveRow } from './live-store';
import { DEFAULT_SETTINGS } from './lib/types/system';

const row = (id: string, revision: number): LiveRow => ({ id, revision });

/** A source whose list answers when the test says so. */
const slowSource = () => {
  const heard: string[] = [];
  let tell: (row: LiveRow) => void = () => undefined;
  let drop: (removed: { id: string }) => void = () => undefined;
  let answer: (rows: LiveRow[]) => void = () => undefined;
  const listed = new Promise<LiveRow[]>((resolve) => {
    answer = resolve;
  });
  const off = vi.fn();
  const live = createLiveStore({
    list: () => {
      heard.push('list');
      return listed;
    },
    onChanged: (listener) => {
      heard.push('subscribe');
      tell = listener;
      return off;
    },
    onRemoved: (listener) => {
      drop = listener;
      return () => undefined;
    },
  });
  return {
    live,
    heard,
    off,
    listed,
    tell: (news: LiveRow) => tell(news),
    remove: (id: string) => drop({ id }),
    answer: (rows: LiveRow[]) => answer(rows),
  };
};

const shown = ({ live }: ReturnType<typeof slowSource>) => {
  const state = live.store.getState();
  return state.kind === 'ready' ? [...state.value.values()] : state.kind;
};

describe('createLiveStore', () => {
  it('subscribes before it loads', () => {
    const source = slowSource();
    source.live.connect();
    expect(source.heard).toEqual(['subscribe', 'list']);
  });

  it('keeps the news that a slow list is behind', async () => {
    const source = slowSource();
    source.live.connect();
    source.tell(row('a', 5));
    source.answer([row('a', 4), row('b', 1)]);
    await vi.waitFor(() => expect(shown(source)).toEqual([row('a', 5), row('b', 1)]));
  });

  it('never goes back to an older copy', async () => {
    const source = slowSource();
    source.live.connect();
    source.answer([row('a', 4)]);
    await vi.waitFor(() => expect(shown(source)).toEqual([row('a', 4)]));
    source.tell(row('a', 3));
    expect(shown(source)).toEqual([row('a', 4)]);
    source.tell(row('a', 6));
    expect(shown(source)).toEqual([row('a', 6)]);
  });

  it('forgets a removed row until it is added again, with a higher revision', async () => {
    const source = slowSource();
    source.live.connect();
    source.answer([row('a', 4)]);
    await vi.waitFor(() => expect(shown(source)).toEqual([row('a', 4)]));
    source.remove('a');
    source.tell(row('a', 4));
    expect(shown(source)).toEqual([]);
    source.tell(row('a', 6));
    expect(shown(source)).toEqual([row('a', 6)]);
    source.remove('a');
    expect(shown(source)).toEqual([]);
  });

  it('forgets a row that was removed before the slow list had it', async () => {
    const source = slowSource();
    source.live.connect();
    source.remove('a');
    source.answer([row('a', 4), row('b', 1)]);
    await vi.waitFor(() => expect(shown(source)).toEqual([row('b', 1)]));
    source.tell(row('a', 4));
    expect(shown(source)).toEqual([row('b', 1)]);
    source.tell(row('a', 6));
    expect(shown(source)).toEqual([row('b', 1), row('a', 6)]);
  });

  it('shows a row that was removed and added again before the slow list came', async () => {
    const source = slowSource();
    source.live.connect();
    source.remove('a');
    source.tell(row('a', 6));
    source.answer([row('a', 4)]);
    await vi.waitFor(() => expect(shown(source)).toEqual([row('a', 6)]));
  });

  it('lets go when its last user leaves', async () => {
    const source = slowSource();
    const [first, second] = [source.live.connect(), source.live.connect()];
    source.answer([row('a', 1)]);
    await vi.waitFor(() => expect(shown(source)).toEqual([row('a', 1)]));
    first();
    expect(source.off).not.toHaveBeenCalled();
    second();
    expect(source.off).toHaveBeenCalledOnce();
    expect(shown(source)).toBe('loading');
  });
});

describe('createApi', () => {
  it('parses answers and carries coded failures', async () => {
    const fake = createFakeApi({ settings: { get: () => DEFAULT_SETTINGS } });
    const api = createApi(() => fake);
    expect(await api.settings.get()).toEqual(DEFAULT_SETTINGS);
    await expect(api.jobs.list()).rejects.toMatchObject({ code: 'not_faked' });
  });

  it('refuses an answer that is not of the contract', async () => {
    const fake = {
      ...createFakeApi(),
      call: () => Promise.resolve({ ok: true as const, value: { theme: 'sepia' } }),
    };
    await expect(createApi(() => fake).settings.get()).rejects.toThrow();
  });

  it('hears an event until it lets go', () => {
    const fake = createFakeApi();
    const heard = vi.fn();
    const off = createApi(() => fake).settings.onChanged(heard);
    fake.emit('settings', 'changed', DEFAULT_SETTINGS);
    off();
    fake.emit('settings', 'changed', DEFAULT_SETTINGS);
    expect(heard).toHaveBeenCalledExactlyOnceWith(DEFAULT_SETTINGS);
  });
});
