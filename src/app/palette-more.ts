import type { Entry } from './palette-entry';

export interface More {
  readonly thing: Entry;
  /** To open it first. */
  readonly entries: readonly Entry[];
}

/** What an entry opens, or does something to; undefined where it is about no thing. */
export const thingOf = ({ id, path, onThing }: Entry): string | undefined =>
  onThing ?? (path === undefined ? undefined : id);

/** Everything that can be done with a thing; null where it is not there, or no more than opening it. */
export const moreOf = (all: readonly Entry[], id: string | undefined): More | null => {
  const thing = all.find((entry) => entry.path !== undefined && entry.id === id);
  const doings = all.filter(({ onThing }) => onThing !== undefined && onThing === id);
  if (!thing || doings.length === 0) return null;
  const open: Entry = { ...thing, group: 'Actions', label: 'Open' };
  return {
    thing,
    entries: [open, ...doings.map((entry) => ({ ...entry, label: entry.short ?? entry.label }))],
  };
};
