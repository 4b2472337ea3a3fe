import { createStore } from 'zustand/vanilla';

interface UiState {
  readonly open: 'palette' | 'shortcuts' | null;
}

export const uiState = createStore<UiState>(() => ({ open: null }));

export const openOverlay = (open: UiState['open']): void => uiState.setState({ open });
