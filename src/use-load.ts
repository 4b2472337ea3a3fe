import { useEffect, useEffectEvent, useState } from 'react';
import { toErrorPayload } from './lib/messages/app-error';
import type { ErrorPayload } from './lib/types/system';
import type { Loaded } from './live-store';

/** Loads what `key` names, again whenever the key changes or `reload` is called. */
export const useLoad = <Value>(key: string, load: () => Promise<Value>) => {
  const [attempt, setAttempt] = useState(0);
  const [settled, setSettled] = useState<{ key: string; state: Loaded<Value> } | undefined>();
  const run = useEffectEvent(load);
  useEffect(() => {
    let wanted = true;
    const settle = (state: Loaded<Value>) => {
      if (wanted) setSettled({ key, state });
    };
    run().then(
      (value) => settle({ kind: 'ready', value }),
      (thrown: unknown) => settle({ kind: 'error', error: toErrorPayload(thrown) }),
    );
    return () => {
      wanted = false;
    };
  }, [key, attempt]);
  const state: Loaded<Value> = settled?.key === key ? settled.state : { kind: 'loading' };
  return { state, reload: () => setAttempt((count) => count + 1) };
};

/** Runs one action at a time and keeps what went wrong until the next try. */
export const useAction = () => {
  const [busy, setBusy] = useState<string | null>(null);
  const [failure, setFailure] = useState<ErrorPayload | null>(null);
  const run = (name: string, action: () => Promise<unknown>): void => {
    if (busy !== null) return;
    setBusy(name);
    setFailure(null);
    action()
      .catch((thrown: unknown) => setFailure(toErrorPayload(thrown)))
      .finally(() => setBusy(null));
  };
  return { busy, failure, run, clear: () => setFailure(null) };
};
