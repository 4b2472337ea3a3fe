import { Command, useCommandState } from 'cmdk';
import { Search } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { useStore } from 'zustand';
import { attempt } from '../attempt';
import { Kbd } from '../components/button';
import { formatAmount } from '../components/format';
import { Dialog } from '../components/overlays';
import { GROUPS, useEntries } from './palette-entries';
import type { Entry } from './palette-entries';
import { matchScore } from './palette-match';
import { openOverlay, uiState } from './ui-state';

export const Palette = () => {
  const open = useStore(uiState, (state) => state.open === 'palette');
  const times = useStore(uiState, (state) => state.times);
  return (
    <Dialog
      bare
      open={open}
      onOpenChange={(next) => openOverlay(next ? 'palette' : null)}
      title="Search or run a command"
    >
      <Content key={times} />
    </Dialog>
  );
};

/** Unasked, of what can be done to things, only what concerns the page; the rest is a word away. */
const isOffered = ({ id, onThing }: Entry, location: string): boolean => {
  const here = location.split('/').at(-1);
  return !onThing || id.endsWith(` ${here}`);
};

const Content = () => {
  const [query, setQuery] = useState('');
  const [location] = useLocation();
  const all = useEntries();
  const entries = query === '' ? all.filter((entry) => isOffered(entry, location)) : all;
  const byId = new Map(all.map((entry) => [entry.id, entry]));
  const score = (id: string, typed: string) => {
    const entry = byId.get(id);
    return entry ? matchScore(entry, typed) : 0;
  };
  const act = (entry: Entry) => {
    openOverlay(null);
    void attempt(`Not done: ${entry.label}`, entry.run);
  };
  return (
    <Command label="Search or run a command" loop vimBindings={false} filter={score}>
      <div className="flex h-12 items-center gap-3 border-b px-4">
        <Search aria-hidden className="size-4 text-ink-3" />
        <Command.Input
          autoFocus
          value={query}
          onValueChange={setQuery}
          placeholder="Search or run…"
          className="min-w-0 flex-1 bg-transparent text-md outline-none"
        />
        <Kbd>Esc</Kbd>
      </div>
      <Command.List className="max-h-90 overflow-y-auto py-1">
        <Command.Empty className="px-4 py-6 text-ink-2">Nothing by that name.</Command.Empty>
        {GROUPS.map((group) => (
          <Command.Group
            key={group}
            heading={group}
            className="text-xs text-ink-3 [&_[cmdk-group-heading]]:px-4 [&_[cmdk-group-heading]]:py-2"
          >
            {entries
              .filter((entry) => entry.group === group)
              .map((entry) => {
                const Icon = entry.icon;
                return (
                  <Command.Item
                    key={entry.id}
                    value={entry.id}
                    onSelect={() => act(entry)}
                    className="flex h-9 items-center gap-3 px-4 text-sm text-ink data-[selected=true]:bg-selected"
                  >
                    <Icon aria-hidden className="size-4 shrink-0" />
                    <span className="truncate">{entry.label}</span>
                    <span className="ml-auto text-xs whitespace-nowrap text-ink-2">{entry.note}</span>
                    {entry.shortcut ? <Kbd>{entry.shortcut}</Kbd> : null}
                  </Command.Item>
                );
              })}
          </Command.Group>
        ))}
      </Command.List>
      <p className="flex gap-4 border-t px-4 py-2 text-xs text-ink-2">
        <span>↑ ↓ choose</span>
        <span>⏎ do it</span>
        <Count of={all.length} />
      </p>
    </Command>
  );
};

const Count = ({ of: all }: { readonly of: number }) => {
  const found = useCommandState((state) => state.filtered.count);
  return (
    <span className="ml-auto">
      {found === all ? formatAmount(all, 'entry', 'entries') : `${found} of ${all}`}
    </span>
  );
};
