import { createStore } from 'zustand/vanilla';
import { toErrorPayload } from './lib/messages/app-error';
import type { ErrorPayload } from './lib/types/system';

export interface Answer<Value> {
  readonly value: Value | null;
  /** When the value was told, in ms of the clock. */
  readonly at: number | null;
  readonly error: ErrorPayload | null;
  readonly busy: boolean;
}

/** An answer that takes long: kept between visits, and shown with its age while it is asked for anew. */
export const createLastAnswer = <Value>(load: () => Promise<Value>) => {
  const store = createStore<Answer<Value>>(() => ({ value: null, at: null, error: null, busy: false }));
  const refresh = async (): Promise<void> => {
    if (store.getState().busy) return;
    store.setState({ busy: true });
    try {
      store.setState({ value: await load(), at: Date.now(), error: null, busy: false });
    } catch (thrown) {
      store.setState({ error: toErrorPayload(thrown), busy: false });
    }
  };
  return { store, refresh };
};
