import { Command, useCommandState } from 'cmdk';
import type { LucideIcon } from 'lucide-react';
import {
  Activity,
  Box,
  Database,
  Moon,
  Pause,
  Play,
  Plus,
  RotateCcw,
  Search,
  Sun,
  Upload,
} from 'lucide-react';
import { useLocation } from 'wouter';
import { useStore } from 'zustand';
import { api } from '../api';
import { attempt } from '../attempt';
import { Kbd } from '../components/button';
import { formatAmount } from '../components/format';
import { Dialog } from '../components/overlays';
import { chooseAndImport } from '../features/datasets';
import { isRunning, startTryIt, STATUS_WORDS } from '../features/jobs';
import { useRows } from '../live-store';
import { paths } from '../paths';
import { baseModels, datasets, jobs, models, settings } from '../stores';
import { SCREENS } from './routes';
import { openOverlay, uiState } from './ui-state';

interface Entry {
  readonly id: string;
  readonly group: 'Actions' | 'Screens' | 'Jobs' | 'Datasets' | 'Models';
  readonly label: string;
  readonly note?: string;
  readonly shortcut?: string;
  readonly icon: LucideIcon;
  readonly run: () => unknown;
}

const GROUPS = ['Actions', 'Screens', 'Jobs', 'Datasets', 'Models'] as const;

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
  const entries = useEntries();
  const act = (entry: Entry) => {
    openOverlay(null);
    void attempt(`Not done: ${entry.label}`, entry.run);
  };
  return (
    <Command label="Search or run a command" loop vimBindings={false}>
      <div className="flex h-12 items-center gap-3 border-b px-4">
        <Search aria-hidden className="size-4 text-ink-3" />
        <Command.Input
          autoFocus
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
                    value={`${entry.label} ${entry.id}`}
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
        <Count of={entries.length} />
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

const useEntries = (): Entry[] => {
  const [, navigate] = useLocation();
  const [runs, data, adapters] = [useRows(jobs), useRows(datasets), useRows(models)];
  const theme = (value: 'light' | 'dark' | 'system') => async () =>
    settings.put(await api.settings.set({ theme: value }));
  const there = data.filter(({ deleted_at }) => deleted_at === null);
  return [
    {
      id: 'new-run',
      group: 'Actions',
      label: 'New run',
      shortcut: 'N',
      icon: Plus,
      run: () => navigate(paths.newRun),
    },
    {
      id: 'import',
      group: 'Actions',
      label: 'Import data…',
      shortcut: 'O',
      icon: Upload,
      run: () => chooseAndImport(navigate),
    },
    {
      id: 'try-it',
      group: 'Actions',
      label: 'Try it with the bundled sample',
      icon: Play,
      run: () => startTryIt(navigate),
    },
    ...runs.filter(isRunning).map(({ id, name }): Entry => ({
      id: `pause ${id}`,
      group: 'Actions',
      label: `Pause “${name}”`,
      icon: Pause,
      run: async () => jobs.put(await api.jobs.pause({ id })),
    })),
    ...runs
      .filter(({ status }) => status === 'paused' || status === 'interrupted')
      .map(({ id, name }): Entry => ({
        id: `resume ${id}`,
        group: 'Actions',
        label: `Resume “${name}”`,
        icon: Play,
        run: async () => jobs.put(await api.jobs.resume({ id })),
      })),
    ...data
      .filter(({ deleted_at }) => deleted_at !== null)
      .map(({ id, name }): Entry => ({
        id: `restore ${id}`,
        group: 'Actions',
        label: `Restore “${name}” from the bin`,
        icon: RotateCcw,
        run: async () => datasets.put(await api.datasets.restore({ id })),
      })),
    { id: 'base-model', group: 'Actions', label: 'Add a base model…', icon: Box, run: addBaseModel },
    { id: 'light', group: 'Actions', label: 'Theme: light', icon: Sun, run: theme('light') },
    { id: 'dark', group: 'Actions', label: 'Theme: dark', icon: Moon, run: theme('dark') },
    { id: 'system', group: 'Actions', label: 'Theme: as the system', icon: Sun, run: theme('system') },
    ...SCREENS.flatMap(({ path, entry }): Entry[] =>
      entry
        ? [{ id: path, group: 'Screens', label: entry.label, icon: entry.icon, run: () => navigate(path) }]
        : [],
    ),
    ...runs.map(({ id, name, status }): Entry => ({
      id,
      group: 'Jobs',
      label: name,
      note: STATUS_WORDS[status].word.toLowerCase(),
      icon: Activity,
      run: () => navigate(paths.job(id)),
    })),
    ...there.map(({ id, name }): Entry => ({
      id,
      group: 'Datasets',
      label: name,
      icon: Database,
      run: () => navigate(paths.dataset(id)),
    })),
    ...adapters.map(({ id, name, version }): Entry => ({
      id,
      group: 'Models',
      label: name,
      note: `version ${version}`,
      icon: Box,
      run: () => navigate(paths.model(id)),
    })),
  ];
};

const addBaseModel = async () => {
  const path = await api.desktop.choose_folder({ title: 'Folder of a base model' });
  if (path !== null) baseModels.put(await api.base_models.add({ path }));
};
