import { useEffect, useEffectEvent } from 'react';
import { useLocation } from 'wouter';
import { useStore } from 'zustand';
import { api } from '../api';
import { Kbd } from '../components/button';
import { Dialog } from '../components/overlays';
import { chooseAndImport } from '../features/datasets';
import { paths } from '../paths';
import { openOverlay, uiState } from './ui-state';

const KEYS = [
  ['Ctrl K', 'Search or run a command'],
  ['N', 'New run'],
  ['O', 'Import data'],
  ['/', 'Search on this page'],
  ['?', 'These shortcuts'],
  ['Ctrl ⏎', 'Start the run that is filled in'],
  ['↑ ↓', 'Choose a record'],
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

const isTyping = ({ target }: KeyboardEvent): boolean =>
  target instanceof HTMLElement &&
  (target.matches('input, textarea, select') ||
    target.isContentEditable ||
    target.closest('[role="dialog"], [role="menu"]') !== null);

/** The keys that work on every screen, and the native menu's words for the same. */
export const useShortcuts = (): void => {
  const [, navigate] = useLocation();
  const act = useEffectEvent((name: string) => {
    const actions: Readonly<Record<string, () => void>> = {
      new_run: () => navigate(paths.newRun),
      import: () => void chooseAndImport(navigate),
      search: () => document.querySelector<HTMLElement>('[data-search]')?.focus(),
      shortcuts: () => openOverlay('shortcuts'),
      palette: () => openOverlay(uiState.getState().open === 'palette' ? null : 'palette'),
      settings: () => navigate(paths.settings),
    };
    actions[name]?.();
  });
  useEffect(() => {
    const plain: Readonly<Record<string, string>> = {
      n: 'new_run',
      o: 'import',
      '/': 'search',
      '?': 'shortcuts',
    };
    const onKeyDown = (event: KeyboardEvent) => {
      const withControl = event.ctrlKey || event.metaKey;
      const name = withControl
        ? event.key === 'k'
          ? 'palette'
          : undefined
        : event.altKey || isTyping(event)
          ? undefined
          : plain[event.key.toLowerCase()];
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
