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

/** The newest copy of each row, whatever the order in which the news and a slow list come. */
class NewestRows<Row extends LiveRow> {
  readonly #rows = new Map<string, Row>();
  /** The revision that a removed row had; null where it was gone before it was seen. */
  readonly #removed = new Map<string, number | null>();

  get all(): ReadonlyMap<string, Row> {
    return new Map(this.#rows);
  }

  keep(row: Row): void {
    const known = this.#rows.get(row.id)?.revision ?? 0;
    if (known > row.revision || (this.#removed.get(row.id) ?? -1) >= row.revision) return;
    this.#removed.delete(row.id);
    this.#rows.set(row.id, row);
  }

  /** A list may be older than a removal, and then says which revision was removed. */
  keepListed(row: Row): void {
    if (this.#removed.get(row.id) === null) this.#removed.set(row.id, row.revision);
    this.keep(row);
  }

  remove(id: string): void {
    this.#removed.set(id, this.#rows.get(id)?.revision ?? this.#removed.get(id) ?? null);
    this.#rows.delete(id);
  }
}

/**
 * Subscribes first and loads second, so that nothing falls between; of two copies of a row the
 * higher revision stays, so that a slow list never overwrites news.
 */
export const createLiveStore = <Row extends LiveRow>(source: LiveSource<Row>): LiveStore<Row> => {
  const store = newStore<Row>();
  let rows = new NewestRows<Row>();
  let users = 0;
  let stop: (() => void) | undefined;

  const show = () => store.setState({ kind: 'ready', value: rows.all }, true);
  const showIfReady = () => {
    if (store.getState().kind === 'ready') show();
  };
  const put = (row: Row) => {
    rows.keep(row);
    showIfReady();
  };
  const remove = (id: string) => {
    rows.remove(id);
    showIfReady();
  };
  const reload = async () => {
    const mine = rows;
    try {
      const list = await source.list();
      if (mine !== rows) return;
      list.forEach((row) => rows.keepListed(row));
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
      rows = new NewestRows();
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
