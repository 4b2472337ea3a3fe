import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { SortOrder } from './components/data-table';

const kept = createStore<Readonly<Record<string, unknown>>>(() => ({}));

/** As a window that was just opened. */
export const forgetKept = (): void => kept.setState({}, true);

/**
 * State that a page finds again when it is come back to, until the window closes. `key` names the
 * page and what of it; `isValue` tells whether what is kept still fits.
 */
const useKept = <Value>(
  key: string,
  initial: Value,
  isValue: (value: unknown) => value is Value,
): readonly [Value, (value: Value) => void] => {
  const value = useStore(kept, (all) => all[key]);
  return [isValue(value) ? value : initial, (next) => kept.setState({ [key]: next })];
};

/** Which of its tabs a page shows. */
export const useKeptTab = (key: string, initial: string) =>
  useKept(key, initial, (value): value is string => typeof value === 'string');

const isSortOrder = (value: unknown): value is SortOrder =>
  typeof value === 'object' && value !== null && 'key' in value && 'down' in value;

/** How a list is sorted. */
export const useKeptSort = (key: string, initial: SortOrder) => useKept(`sort ${key}`, initial, isSortOrder);

/** Whether something is open that comes closed. */
export const useKeptOpen = (key: string) =>
  useKept(`open ${key}`, false, (value): value is boolean => typeof value === 'boolean');

/** What a list is narrowed to, and from where on it is shown. */
export interface ListView {
  readonly filters: Readonly<Record<string, string>>;
  readonly offset: number;
}

const isListView = (value: unknown): value is ListView =>
  typeof value === 'object' && value !== null && 'filters' in value && 'offset' in value;

/** The page of a list. */
export const useKeptView = (key: string, initial: ListView) => useKept(`view ${key}`, initial, isListView);
