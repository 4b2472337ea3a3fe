import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { JobSample } from '../../../lib/types/job-records';
import { mount } from '../../../mount';
import { EMPTY_RUN } from '../job-run';
import { Samples } from './samples';

let page: Awaited<ReturnType<typeof mount>>;
beforeEach(() => {
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe = vi.fn();
      disconnect = vi.fn();
    },
  );
});
afterEach(() => page.unmount());

const asked = (step: number, prompt: string, text: string): JobSample => ({
  attempt: 1,
  step,
  prompt_id: 'asked',
  prompt,
  seed: 42,
  text,
});

test('each typed question stands under its own heading with its own answers', async () => {
  const samples = [
    asked(4, 'Who keeps the light?', 'I do.'),
    asked(4, 'And at night?', 'I too.'),
    asked(8, 'And at night?', 'Still I.'),
  ];
  page = await mount(<Samples run={{ ...EMPTY_RUN, samples }} />, {});
  expect(page.text()).toContain('1 of 2');
  expect(page.text()).toContain('Who keeps the light?');
  expect(page.text()).toContain('I do.');
  expect(page.text()).not.toContain('I too.');
  await page.click(page.button('Next prompt'));
  expect(page.text()).toContain('2 of 2');
  expect(page.text()).toContain('And at night?');
  expect(page.text()).toContain('I too.');
  expect(page.text()).toContain('Still I.');
  expect(page.text()).not.toContain('I do.');
});
