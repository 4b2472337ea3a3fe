import { takesKeys } from '../page-keys';

const PLAIN: Readonly<Record<string, string>> = {
  n: 'new_run',
  o: 'import',
  '/': 'search',
  '?': 'shortcuts',
};

/** What a key means on every screen. */
export const commandOf = (event: KeyboardEvent): string | undefined => {
  if (event.ctrlKey || event.metaKey) return event.key === 'k' ? 'palette' : undefined;
  return event.altKey || takesKeys(event.target) ? undefined : PLAIN[event.key.toLowerCase()];
};

/** Presses the page's own button of a shortcut: it knows what the page is about. False where there is none. */
export const pressPageButton = (key: string): boolean => {
  const button = document.querySelector<HTMLElement>(`main [data-shortcut="${key}"]`);
  button?.click();
  return button !== null;
};
