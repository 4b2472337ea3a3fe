import { useEffect } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { toErrorPayload } from './lib/messages/app-error';
import type { ErrorPayload } from './lib/types/system';

export interface LiveRow {
  readonly id: string;
  readonly revision: number;
}

export type Loaded<Value> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'error'; readonly error: ErrorPayload }
  | { readonly kind: 'ready'; readonly value: Value };

export interface LiveSource<Row extends LiveRow> {
  list(): Promise<Row[]>;
  onChanged(listener: (row: Row) => void): () => void;
  onRemoved?(listener: (removed: { id: string }) => void): () => void;
}

export interface LiveStore<Row extends LiveRow> {
  readonly store: ReturnType<typeof newStore<Row>>;
  /** Follows the source until disposed; the last disposer forgets the rows. */
  readonly connect: () => () => void;
  readonly reload: () => Promise<void>;
  /** A row that a call returned, so that the page need not wait for the event. */
  readonly put: (row: Row) => void;
}

const LOADING: { readonly kind: 'loading' } = { kind: 'loading' };

const newStore = <Row extends LiveRow>() => createStore<Loaded<ReadonlyMap<string, Row>>>(() => LOADING);

/**
 * Subscribes first and loads second, so that nothing falls between; of two copies of a row the
 * higher revision stays, so that a slow list never overwrites news.
 */
export const createLiveStore = <Row extends LiveRow>(source: LiveSource<Row>): LiveStore<Row> => {
  const store = newStore<Row>();
  let rows = new Map<string, Row>();
  let removed = new Set<string>();
  let users = 0;
  let stop: (() => void) | undefined;

  const show = () => store.setState({ kind: 'ready', value: new Map(rows) }, true);
  const keep = (row: Row) => {
    const known = rows.get(row.id);
    if (removed.has(row.id) || (known && known.revision > row.revision)) return;
    rows.set(row.id, row);
  };
  const put = (row: Row) => {
    keep(row);
    if (store.getState().kind === 'ready') show();
  };
  const remove = (id: string) => {
    removed.add(id);
    rows.delete(id);
    if (store.getState().kind === 'ready') show();
  };
  const reload = async () => {
    const mine = rows;
    try {
      const list = await source.list();
      if (mine !== rows) return;
      list.forEach(keep);
      show();
    } catch (thrown) {
      if (mine === rows) store.setState({ kind: 'error', error: toErrorPayload(thrown) }, true);
    }
  };
  const start = () => {
    const offChanged = source.onChanged(put);
    const offRemoved = source.onRemoved?.(({ id }) => remove(id));
    void reload();
    return () => {
      offChanged();
      offRemoved?.();
      rows = new Map();
      removed = new Set();
      store.setState(LOADING, true);
    };
  };

  return {
    store,
    put,
    reload,
    connect() {
      users += 1;
      stop ??= start();
      return () => {
        users -= 1;
        if (users > 0) return;
        stop?.();
        stop = undefined;
      };
    },
  };
};

export const useLive = <Row extends LiveRow>(live: LiveStore<Row>): Loaded<ReadonlyMap<string, Row>> => {
  useEffect(() => live.connect(), [live]);
  return useStore(live.store);
};

/** The rows of a store, or none until they are there. */
export const useRows = <Row extends LiveRow>(live: LiveStore<Row>): readonly Row[] => {
  const state = useLive(live);
  return state.kind === 'ready' ? [...state.value.values()] : [];
};

export const mapLoaded = <From, To>(state: Loaded<From>, to: (value: From) => To): Loaded<To> =>
  state.kind === 'ready' ? { kind: 'ready', value: to(state.value) } : state;
