import { useEffect, useEffectEvent } from 'react';
import { useLocation } from 'wouter';
import { useStore } from 'zustand';
import { api } from '../api';
import { Kbd } from '../components/button';
import { Dialog } from '../components/overlays';
import { chooseAndImport } from '../features/import';
import { paths } from '../paths';
import { commandOf, pressPageButton } from './shortcut-keys';
import { openOverlay, uiState } from './ui-state';

const KEYS = [
  ['Ctrl K', 'Search or run a command'],
  ['N', 'New run'],
  ['O', 'Import data'],
  ['/', 'Search on this page, else everywhere'],
  ['?', 'These shortcuts'],
  ['Ctrl ⏎', 'Start the run that is filled in'],
  ['↑ ↓', 'Choose a record'],
  ['J, K', 'Next, previous record'],
  ['L', 'Next record that is cut'],
  ['P', 'Next record with a problem'],
  ['Space', 'Mark a record'],
  ['X', 'Exclude the record, or those marked'],
  ['Alt ↑ ↓', 'Move a waiting job'],
] as const;

export const Shortcuts = () => {
  const open = useStore(uiState, (state) => state.open === 'shortcuts');
  return (
    <Dialog open={open} onOpenChange={(next) => openOverlay(next ? 'shortcuts' : null)} title="Shortcuts">
      <dl className="grid grid-cols-[6rem_1fr] gap-y-2">
        {KEYS.map(([key, says]) => (
          <div key={key} className="contents">
            <dt>
              <Kbd>{key}</Kbd>
              <span className="sr-only">{key}</span>
            </dt>
            <dd>{says}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
};

/** Nothing else goes on while something is asked that has to be answered. */
const isAsked = (): boolean => document.querySelector('[role="alertdialog"]') !== null;

const startSearch = () => {
  const field = document.querySelector<HTMLElement>('main [data-search]');
  if (field) field.focus();
  else openOverlay('palette');
};

export const startNewRun = (navigate: (path: string) => void): void => {
  if (!pressPageButton('n')) navigate(paths.newRun);
};

/** The keys that work on every screen, and the native menu's words for the same. */
export const useShortcuts = (): void => {
  const [, navigate] = useLocation();
  const act = useEffectEvent((name: string) => {
    const actions: Readonly<Record<string, () => void>> = {
      new_run: () => startNewRun(navigate),
      import: () => void chooseAndImport(navigate),
      search: startSearch,
      shortcuts: () => openOverlay('shortcuts'),
      palette: () => openOverlay(uiState.getState().open === 'palette' ? null : 'palette'),
      settings: () => navigate(paths.settings),
    };
    if (!isAsked()) actions[name]?.();
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const name = commandOf(event);
      if (name === undefined) return;
      event.preventDefault();
      act(name);
    };
    window.addEventListener('keydown', onKeyDown);
    const off = api.desktop.onCommand((command) => act(command));
    return () => {
      window.removeEventListener('keydown', onKeyDown);
      off();
    };
  }, []);
};
