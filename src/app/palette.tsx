import { Command } from 'cmdk';
import { Search } from 'lucide-react';
import { useStore } from 'zustand';
import { attempt } from '../attempt';
import { Kbd } from '../components/button';
import { formatAmount } from '../components/format';
import { FileText } from '../components/file-text';
import { Dialog } from '../components/overlays';
import { visibleText } from '../lib/visible-text';
import type { Entry } from './palette-entry';
import { matchPieces } from './palette-match';
import { openOverlay, uiState } from './ui-state';
import { usePalette } from './use-palette';

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
  const palette = usePalette();
  const { query, entry, groups, more } = palette;
  const inside = palette.inside?.thing;
  const act = ({ label, run }: Entry) => {
    openOverlay(null);
    void attempt(inside ? `Not done to “${inside.label}”: ${label}` : `Not done: ${label}`, run);
  };
  return (
    <Command
      label={inside ? visibleText(`What to do with “${inside.label}”`) : 'Search or run a command'}
      loop
      vimBindings={false}
      shouldFilter={false}
      value={entry?.id ?? ''}
      onValueChange={palette.choose}
      onKeyDown={palette.onKeyDown}
    >
      <div className="flex h-12 items-center gap-3 border-b px-4">
        <Search aria-hidden className="size-4 shrink-0 text-ink-3" />
        {inside ? <Inside thing={inside} /> : null}
        <Command.Input
          autoFocus
          value={query}
          onValueChange={palette.ask}
          placeholder={inside ? 'Do…' : 'Search or run…'}
          className="min-w-0 flex-1 bg-transparent text-md outline-none"
        />
        <Kbd>Esc</Kbd>
      </div>
      <Command.List className="max-h-90 overflow-y-auto py-1">
        <Command.Empty className="px-4 py-6 text-ink-2">
          {inside ? 'Nothing like that can be done with it.' : 'Nothing by that name.'}
        </Command.Empty>
        {groups.map(({ group, entries }) => (
          <Command.Group
            key={group}
            heading={group}
            className="text-xs text-ink-3 [&_[cmdk-group-heading]]:px-4 [&_[cmdk-group-heading]]:py-2"
          >
            {entries.map((one) => (
              <Item key={one.id} entry={one} query={query} onSelect={() => act(one)} />
            ))}
          </Command.Group>
        ))}
      </Command.List>
      <p className="flex gap-4 border-t px-4 py-2 text-xs text-ink-2">
        <span>↑ ↓ choose</span>
        <span>⏎ do it</span>
        {more ? <span>Tab more actions</span> : null}
        {inside ? <span>Esc back</span> : null}
        <Count shown={palette.shown} all={palette.all} />
      </p>
    </Command>
  );
};

/** The thing whose actions are shown, before what is typed to find one of them. */
const Inside = ({ thing: { icon: Icon, label } }: { readonly thing: Entry }) => (
  <span className="flex min-w-0 max-w-60 shrink-0 items-center gap-1.5 rounded-sm bg-selected px-2 py-1 font-medium">
    <Icon aria-hidden className="size-3.5 shrink-0" />
    <span className="truncate" title={visibleText(label)}>
      <FileText>{label}</FileText>
    </span>
  </span>
);

const Item = ({
  entry: { id, icon: Icon, label, note, aside, shortcut },
  query,
  onSelect,
}: {
  readonly entry: Entry;
  readonly query: string;
  readonly onSelect: () => void;
}) => (
  <Command.Item
    value={id}
    onSelect={onSelect}
    className="group flex h-9 items-center gap-3 px-4 text-sm text-ink data-[selected=true]:bg-selected"
  >
    <Icon aria-hidden className="size-4 shrink-0" />
    <Label label={label} query={query} />
    <span className="ml-auto text-xs whitespace-nowrap text-ink-2">{aside ?? note}</span>
    <span className={shortcut ? undefined : 'hidden group-data-[selected=true]:inline'}>
      <Kbd>{shortcut ?? '⏎'}</Kbd>
    </span>
  </Command.Item>
);

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
