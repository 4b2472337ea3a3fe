import { useLayoutEffect, useRef } from 'react';
import type { FocusEvent } from 'react';

const isLost = (): boolean => document.activeElement === null || document.activeElement === document.body;

const focusTitle = (): void => document.getElementById('page-title')?.focus({ preventScroll: true });

/**
 * Where the row that had the focus is gone, the one in its place gets it, else the title of the page:
 * who works with the keys would begin at the window's top again.
 */
export const useRowFocus = (rows: unknown) => {
  const body = useRef<HTMLTableSectionElement>(null);
  const last = useRef<{ readonly element: Element; readonly place: number } | null>(null);
  useLayoutEffect(() => {
    if (last.current === null || last.current.element.isConnected) return;
    const { place } = last.current;
    last.current = null;
    if (!isLost()) return;
    const left = body.current?.rows ?? [];
    const next = left[Math.min(place, left.length - 1)]?.querySelector<HTMLElement>('a, button');
    if (next) next.focus();
    else focusTitle();
  }, [rows]);
  useLayoutEffect(
    () => () => {
      const hadFocus = last.current !== null;
      queueMicrotask(() => {
        if (hadFocus && isLost()) focusTitle();
      });
    },
    [],
  );
  return {
    body,
    note: ({ target }: FocusEvent): void => {
      const row = target.closest('tr');
      if (row !== null && body.current?.contains(row))
        last.current = { element: target, place: row.sectionRowIndex };
    },
  };
};
