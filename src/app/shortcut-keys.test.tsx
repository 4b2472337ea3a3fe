import { afterEach, expect, test, vi } from 'vitest';
import { commandOf, pressPageButton } from './shortcut-keys';

afterEach(() => document.body.replaceChildren());

const put = (html: string): HTMLElement => {
  document.body.innerHTML = html;
  const inner = document.body.querySelector<HTMLElement>('[data-here]');
  if (!inner) throw new Error('nothing is marked as here');
  return inner;
};

const pressed = (target: HTMLElement, init: KeyboardEventInit): string | undefined => {
  let found: string | undefined;
  const listener = (event: KeyboardEvent) => {
    found = commandOf(event);
  };
  window.addEventListener('keydown', listener, { once: true });
  target.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, ...init }));
  return found;
};

test('a list of the page may let letters pass', () => {
  const list = put('<ul role="listbox" data-passes-keys><li role="option" data-here></li></ul>');
  expect(pressed(list, { key: 'n' })).toBe('new_run');
});

test('a letter on the page is a command', () => {
  const page = put('<main><p data-here></p></main>');
  expect(['n', 'O', '/', '?'].map((key) => pressed(page, { key }))).toEqual([
    'new_run',
    'import',
    'search',
    'shortcuts',
  ]);
  expect(pressed(page, { key: 'k', ctrlKey: true })).toBe('palette');
  expect(pressed(page, { key: 'n', altKey: true })).toBeUndefined();
});

test.each([
  '<input data-here>',
  '<div role="dialog"><button data-here></button></div>',
  '<div role="alertdialog"><button data-here></button></div>',
  '<div role="menu"><span data-here></span></div>',
  '<div role="listbox" data-here></div>',
])('a letter belongs to %s', (html) => {
  expect(pressed(put(html), { key: 'n' })).toBeUndefined();
});

test('a shortcut does what the button of the page does that shows it', () => {
  const clicked = vi.fn();
  put('<nav data-here></nav><main><button data-shortcut="n">New run</button></main>');
  document.querySelector('button')?.addEventListener('click', clicked);
  expect(pressPageButton('n')).toBe(true);
  expect(clicked).toHaveBeenCalledOnce();
  expect(pressPageButton('o')).toBe(false);
});

test('where that button cannot be pressed, nothing happens instead', () => {
  put('<main data-here><button data-shortcut="n" disabled>New run</button></main>');
  expect(pressPageButton('n')).toBe(true);
});
