import { useEffect } from 'react';
import { useLocation } from 'wouter';
import { api } from '../api';
import { attempt } from '../attempt';
import { useValue } from '../live-value';
import { settings } from '../stores';
import type { Entry } from './palette-entry';
import { grouped } from './palette-match';
import type { Found, Group } from './palette-match';

/** As many as leave the first actions in sight. */
const SHOWN = 5;
/** More than are shown: some of them may be gone, and the page itself is not offered. */
const KEPT = 12;

const isThing = (location: string): boolean => /^\/(datasets|jobs|models)\/[^/]+$/.test(location);

export const withOpened = (opened: readonly string[], location: string): string[] =>
  [location, ...opened.filter((path) => path !== location)].slice(0, KEPT);

/** Keeps which datasets, jobs and models were opened, with the settings, so that a restart forgets none. */
export const useRememberOpened = (): void => {
  const [location] = useLocation();
  const opened = useValue(settings)?.recently_opened;
  useEffect(() => {
    if (opened === undefined || !isThing(location) || opened[0] === location) return;
    void attempt('What is open will not be among the recent', async () =>
      settings.put(await api.settings.set({ recently_opened: withOpened(opened, location) })),
    );
  }, [opened, location]);
};

const KINDS: Partial<Record<Group, string>> = { Jobs: 'job', Datasets: 'dataset', Models: 'model' };

const asRecent = (entry: Entry): Entry => ({
  ...entry,
  group: 'Recent',
  note: [KINDS[entry.group], entry.note].filter(Boolean).join(', '),
});

interface Here {
  readonly location: string;
  /** Where things were opened, the last one first. */
  readonly opened: readonly string[];
}

/**
 * What the palette shows before anything is typed: what was opened last, and of what can be done to
 * things only what concerns the page; the rest is a word away.
 */
export const unasked = (all: readonly Entry[], { location, opened }: Here): readonly Found<Entry>[] => {
  const here = location.split('/').at(-1) ?? '';
  const recent = opened
    .filter((path) => path !== location)
    .flatMap((path) => all.find((entry) => entry.path === path) ?? [])
    .slice(0, SHOWN);
  const offered = all.filter(
    (entry) => !recent.includes(entry) && (entry.onThing === undefined || entry.onThing === here),
  );
  return grouped([...recent.map(asRecent), ...offered]);
};
