import { useEffect } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { toErrorPayload } from './lib/messages/app-error';
import type { Loaded } from './live-store';

export interface LiveValue<Value> {
  readonly store: ReturnType<typeof newStore<Value>>;
  readonly connect: () => () => void;
  readonly put: (value: Value) => void;
  /** Asks again, where the first answer was an error. */
  readonly reload: () => void;
}

const newStore = <Value>() => createStore<Loaded<Value>>(() => ({ kind: 'loading' }));

/** One value that the main process keeps: news that arrives while it loads is newer than the load. */
export const createLiveValue = <Value>(
  get: () => Promise<Value>,
  onChanged: (listener: (value: Value) => void) => () => void,
): LiveValue<Value> => {
  const store = newStore<Value>();
  let users = 0;
  let stop: (() => void) | undefined;
  const put = (value: Value) => store.setState({ kind: 'ready', value }, true);
  const start = () => {
    let wanted = true;
    const off = onChanged(put);
    get().then(
      (value) => {
        if (wanted && store.getState().kind !== 'ready') put(value);
      },
      (thrown: unknown) => {
        if (wanted && store.getState().kind !== 'ready')
          store.setState({ kind: 'error', error: toErrorPayload(thrown) }, true);
      },
    );
    return () => {
      wanted = false;
      off();
      store.setState({ kind: 'loading' }, true);
    };
  };
  return {
    store,
    put,
    reload() {
      if (!stop) return;
      stop();
      stop = start();
    },
    connect() {
      users += 1;
      stop ??= start();
      return () => {
        users -= 1;
        if (users > 0) return;
        stop?.();
        stop = undefined;
      };
    },
  };
};

export const useLiveValue = <Value>(live: LiveValue<Value>): Loaded<Value> => {
  useEffect(() => live.connect(), [live]);
  return useStore(live.store);
};

export const useValue = <Value>(live: LiveValue<Value>): Value | null => {
  const state = useLiveValue(live);
  return state.kind === 'ready' ? state.value : null;
};
