import { useEffect, useEffectEvent, useState } from 'react';
import { createStore } from 'zustand/vanilla';

/** What a page is asked to do from elsewhere, once it is there: to open one of its dialogs. */
interface Ask {
  readonly path: string;
  readonly what: string;
}

const asked = createStore<{ readonly ask: Ask | null }>(() => ({ ask: null }));

export const askPage = (path: string, what: string): void => asked.setState({ ask: { path, what } });

/** Takes what the page at `path` was asked, each once. */
const take = (path: string): string | null => {
  const { ask } = asked.getState();
  if (ask?.path !== path) return null;
  asked.setState({ ask: null });
  return ask.what;
};

/** Which of its dialogs a page has open; also those it is asked for from elsewhere. */
export const useDialogs = <Name extends string>(path: string, names: readonly Name[]) => {
  const [open, setOpen] = useState<Name | null>(null);
  const look = useEffectEvent(() => {
    const what = take(path);
    const name = names.find((known) => known === what);
    if (name) setOpen(name);
  });
  useEffect(() => {
    look();
    return asked.subscribe(() => look());
  }, []);
  return [open, setOpen] as const;
};
