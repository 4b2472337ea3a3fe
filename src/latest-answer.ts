import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { toErrorPayload } from './lib/messages/app-error';
import type { Loaded } from './live-store';

/** Long enough to finish a number, short enough to feel like an answer. */
const REST_MS = 250;

export interface Answered<Value> {
  readonly state: Loaded<Value>;
  /** The request that `state` answers, as JSON; what is shown is stale while another one is asked. */
  readonly key: string | null;
}

/**
 * Answers what is being typed: the first request at once, later ones when the typing rests. The last
 * answer stays until the next is there; an answer to a request that was replaced is dropped.
 */
export const createLatestAnswer = <Request, Value>(load: (request: Request) => Promise<Value>) => {
  const store = createStore<Answered<Value>>(() => ({ state: { kind: 'loading' }, key: null }));
  let asked: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const send = (request: Request, key: string) => {
    const settle = (state: Loaded<Value>) => {
      if (asked === key) store.setState({ state, key });
    };
    load(request).then(
      (value) => settle({ kind: 'ready', value }),
      (thrown: unknown) => settle({ kind: 'error', error: toErrorPayload(thrown) }),
    );
  };
  return {
    store,
    ask(request: Request): void {
      const key = JSON.stringify(request);
      if (key === asked) return;
      clearTimeout(timer);
      if (asked === null) send(request, key);
      else timer = setTimeout(() => send(request, key), REST_MS);
      asked = key;
    },
    stop(): void {
      clearTimeout(timer);
      asked = null;
    },
  };
};

/** What `load` says of the request of the moment, and whether that is still the last word. */
export const useLatestAnswer = <Request, Value>(
  request: Request,
  load: (request: Request) => Promise<Value>,
): { readonly state: Loaded<Value>; readonly current: boolean } => {
  const [answers] = useState(() => createLatestAnswer(load));
  const { state, key } = useStore(answers.store);
  const wanted = JSON.stringify(request);
  useEffect(() => answers.ask(request));
  useEffect(() => () => answers.stop(), [answers]);
  return { state, current: key === wanted };
};
