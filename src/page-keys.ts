import { useEffect, useEffectEvent } from 'react';

/** What takes letters itself, or has to be answered before anything else; a list of a page may let them pass. */
const KEEPS_KEYS = [
  'input',
  'textarea',
  'select',
  '[role="dialog"]',
  '[role="alertdialog"]',
  '[role="menu"]',
  '[role="combobox"]',
  '[role="listbox"]:not([data-passes-keys])',
].join();

export const takesKeys = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.closest(KEEPS_KEYS) !== null);

/** Single letters that a part of a page answers to while it is shown. */
export const usePageKeys = (keys: Readonly<Record<string, () => void>>): void => {
  const press = useEffectEvent((event: KeyboardEvent) => {
    const act = keys[event.key.toLowerCase()];
    if (!act || event.ctrlKey || event.metaKey || event.altKey || takesKeys(event.target)) return;
    event.preventDefault();
    act();
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => press(event);
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
};
