import { createStore } from 'zustand/vanilla';

interface UiState {
  readonly open: 'palette' | 'shortcuts' | null;
  /** How often something was opened: what opens again while it still fades begins anew. */
  readonly times: number;
}

export const uiState = createStore<UiState>(() => ({ open: null, times: 0 }));

export const openOverlay = (open: UiState['open']): void =>
  uiState.setState(({ times }) => ({ open, times: open === null ? times : times + 1 }));
