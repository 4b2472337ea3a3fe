import { Command } from 'cmdk';
import { Search } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { useStore } from 'zustand';
import { attempt } from '../attempt';
import { Kbd } from '../components/button';
import { formatAmount } from '../components/format';
import { Dialog } from '../components/overlays';
import { useValue } from '../live-value';
import { settings } from '../stores';
import { useEntries } from './palette-entries';
import type { Entry } from './palette-entry';
import { visibleText } from '../components/visible-text';
import { found, matchPieces } from './palette-match';
import { unasked } from './recents';
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

const Content = () => {
  const [query, setQuery] = useState('');
  const [chosen, setChosen] = useState('');
  const [location] = useLocation();
  const all = useEntries();
  const opened = useValue(settings)?.recently_opened ?? [];
  const groups = query === '' ? unasked(all, { location, opened }) : found(all, query);
  const shown = groups.flatMap(({ entries }) => entries);
  const ask = (typed: string) => {
    setQuery(typed);
    setChosen('');
  };
  const act = (entry: Entry) => {
    openOverlay(null);
    void attempt(`Not done: ${entry.label}`, entry.run);
  };
  return (
    <Command
      label="Search or run a command"
      loop
      vimBindings={false}
      shouldFilter={false}
      value={shown.some(({ id }) => id === chosen) ? chosen : (shown[0]?.id ?? '')}
      onValueChange={setChosen}
    >
      <div className="flex h-12 items-center gap-3 border-b px-4">
        <Search aria-hidden className="size-4 text-ink-3" />
        <Command.Input
          autoFocus
          value={query}
          onValueChange={ask}
          placeholder="Search or run…"
          className="min-w-0 flex-1 bg-transparent text-md outline-none"
        />
        <Kbd>Esc</Kbd>
      </div>
      <Command.List className="max-h-90 overflow-y-auto py-1">
        <Command.Empty className="px-4 py-6 text-ink-2">Nothing by that name.</Command.Empty>
        {groups.map(({ group, entries }) => (
          <Command.Group
            key={group}
            heading={group}
            className="text-xs text-ink-3 [&_[cmdk-group-heading]]:px-4 [&_[cmdk-group-heading]]:py-2"
          >
            {entries.map((entry) => {
              const Icon = entry.icon;
              return (
                <Command.Item
                  key={entry.id}
                  value={entry.id}
                  onSelect={() => act(entry)}
                  className="group flex h-9 items-center gap-3 px-4 text-sm text-ink data-[selected=true]:bg-selected"
                >
                  <Icon aria-hidden className="size-4 shrink-0" />
                  <Label label={entry.label} query={query} />
                  <span className="ml-auto text-xs whitespace-nowrap text-ink-2">{entry.note}</span>
                  <span className={entry.shortcut ? undefined : 'hidden group-data-[selected=true]:inline'}>
                    <Kbd>{entry.shortcut ?? '⏎'}</Kbd>
                  </span>
                </Command.Item>
              );
            })}
          </Command.Group>
        ))}
      </Command.List>
      <p className="flex gap-4 border-t px-4 py-2 text-xs text-ink-2">
        <span>↑ ↓ choose</span>
        <span>⏎ do it</span>
        <Count shown={shown.length} all={all.length} />
      </p>
    </Command>
  );
};

/** What was typed stands out of the name. */
const Label = ({ label, query }: { readonly label: string; readonly query: string }) => (
  <bdi className="truncate whitespace-pre">
    {matchPieces(visibleText(label), query).map(({ text, isHit }, index) =>
      isHit ? (
        <b key={index} className="font-semibold">
          {text}
        </b>
      ) : (
        text
      ),
    )}
  </bdi>
);

const Count = ({ shown, all }: { readonly shown: number; readonly all: number }) => (
  <span className="ml-auto">
    {shown === all ? formatAmount(all, 'entry', 'entries') : `${shown} of ${all}`}
  </span>
);
