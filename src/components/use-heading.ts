import { useEffect, useRef } from 'react';

const OVERLAYS = '[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]';

/** Whether something above the page, or in it, has taken the focus already. */
const isTaken = (heading: HTMLElement | null): boolean => {
  const focused = document.activeElement;
  return (
    focused !== null &&
    (focused.closest(OVERLAYS) !== null || (heading?.closest('main')?.contains(focused) ?? false))
  );
};

/** A page that comes puts its title on the window and the focus on its heading. */
export const useHeading = (title: string) => {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Pipeline`;
  }, [title]);
  useEffect(() => {
    if (!isTaken(heading.current)) heading.current?.focus({ preventScroll: true });
  }, []);
  return heading;
};
