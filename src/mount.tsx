import { act } from 'react';
import type { ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { onTestFinished, vi } from 'vitest';
import { Router } from 'wouter';
import { memoryLocation } from 'wouter/memory-location';
import { createFakeApi } from './fake-api';
import type { FakeHandlers } from './fake-api';

const setValue = (field: HTMLInputElement, value: string): void => {
  // React listens to the element's own setter, which it wraps.
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, value);
  field.dispatchEvent(new Event('input', { bubbles: true }));
};

/** For parts that ask for it: neither is in this document, and both are of no meaning without a layout. */
export const standInForLayout = (): void => {
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe = () => undefined;
      unobserve = () => undefined;
      disconnect = () => undefined;
    },
  );
  Element.prototype.scrollIntoView = () => undefined;
};

/** Shows a part of the window over a double of main, until the end of the test. */
export const mount = async (node: ReactNode, handlers: FakeHandlers) => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  const fake = createFakeApi(handlers);
  window.api = fake;
  const memory = memoryLocation({ path: '/', record: true });
  const root = createRoot(document.body.appendChild(document.createElement('div')));
  const unmount = () =>
    act(async () => {
      root.unmount();
      await Promise.resolve();
    });
  // What the stores hold goes with the last who looks.
  onTestFinished(unmount);
  await act(async () => {
    root.render(<Router hook={memory.hook}>{node}</Router>);
    await Promise.resolve();
  });
  const doing = (what: () => void) =>
    act(async () => {
      what();
      await Promise.resolve();
    });
  return {
    fake,
    visited: memory.history,
    text: () => document.body.textContent,
    find: (selector: string): HTMLElement => {
      const found = document.querySelector<HTMLElement>(selector);
      if (!found) throw new Error(`${selector} is not there:\n${document.body.innerHTML}`);
      return found;
    },
    /** The button or tab that begins with these words. */
    button: (words: string): HTMLElement => {
      const found = [...document.querySelectorAll<HTMLElement>('button, [role=tab], a')].find((one) =>
        (one.getAttribute('aria-label') ?? one.textContent).startsWith(words),
      );
      if (!found) throw new Error(`No button “${words}” in:\n${document.body.innerHTML}`);
      return found;
    },
    /** The field that these words name, in a label beside it or its own. */
    field: (label: string): HTMLInputElement => {
      const named = [...document.querySelectorAll('label')].find((one) => one.textContent.startsWith(label));
      const found =
        named?.control ??
        named?.querySelector('input') ??
        document.querySelector(`input[aria-label^="${label}"]`);
      if (!(found instanceof HTMLInputElement)) throw new Error(`No field “${label}”`);
      return found;
    },
    click: (element: HTMLElement) => doing(() => element.click()),
    press: (element: HTMLElement, key: string, held: KeyboardEventInit = {}) =>
      doing(() => element.dispatchEvent(new KeyboardEvent('keydown', { ...held, key, bubbles: true }))),
    /** Drags one thing onto another and lets go; nothing is dropped where that takes none. */
    drag: async (from: HTMLElement, to: HTMLElement) => {
      const fire = async (element: HTMLElement, name: string) => {
        const event = new Event(name, { bubbles: true, cancelable: true });
        await doing(() => element.dispatchEvent(event));
        return event.defaultPrevented;
      };
      await fire(from, 'dragstart');
      if (await fire(to, 'dragover')) await fire(to, 'drop');
      await fire(from, 'dragend');
    },
    type: (field: HTMLInputElement, value: string) => doing(() => setValue(field, value)),
    /** Repeats the check until it holds, as the page moves on. */
    until: (check: () => void) =>
      vi.waitFor(
        async () => {
          await act(() => Promise.resolve());
          check();
        },
        { timeout: 20_000 },
      ),
    unmount,
  };
};
