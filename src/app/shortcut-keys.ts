const PLAIN: Readonly<Record<string, string>> = {
  n: 'new_run',
  o: 'import',
  '/': 'search',
  '?': 'shortcuts',
};

/** What takes letters itself, or has to be answered before anything else. */
const KEEPS_KEYS =
  'input, textarea, select, [role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]';

const isTaken = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.closest(KEEPS_KEYS) !== null);

/** What a key means on every screen. */
export const commandOf = (event: KeyboardEvent): string | undefined => {
  if (event.ctrlKey || event.metaKey) return event.key === 'k' ? 'palette' : undefined;
  return event.altKey || isTaken(event.target) ? undefined : PLAIN[event.key.toLowerCase()];
};

/** Presses the page's own button of a shortcut: it knows what the page is about. False where there is none. */
export const pressPageButton = (key: string): boolean => {
  const button = document.querySelector<HTMLElement>(`main [data-shortcut="${key}"]`);
  button?.click();
  return button !== null;
};
