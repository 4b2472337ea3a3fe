import { afterEach, expect, test } from 'vitest';
import { fakeJob } from '../fake-rows';
import { mount } from '../mount';
import { Sidebar } from './sidebar';

const NAME = 'Lighthouse keeper, '.repeat(10).trim();

const RUNNING = fakeJob(1, {
  name: NAME,
  status: 'running',
  current_stage: 'training',
  current_step: 412,
  total_steps: 725,
  completed_at: null,
  current_metrics: {
    training_loss: 2,
    learning_rate: 1e-4,
    step_ms: 4000,
    pace_ms: 4000,
    pace_spread_ms: 200,
    pace_steps: 50,
  },
  estimated_completion_at: new Date(Date.now() + 313 * 4000).toISOString(),
});

let page: Awaited<ReturnType<typeof mount>>;
afterEach(() => page.unmount());

test('the run at work stands in three lines: its name, its bar, where it is and what is left', async () => {
  page = await mount(<Sidebar />, { jobs: { list: () => [RUNNING] } });
  await page.until(() => expect(page.text()).toContain('412 / 725'));
  const [name, place] = [page.find('[title^="Lighthouse"]'), page.find('[title^="training"]')];
  expect(name.title).toBe(NAME);
  expect(name.className).toContain('truncate');
  expect(place.textContent).toBe('412 / 725≈ 21 min left');
  expect(place.title).toMatch(/^training, step 412 of 725, ≈ 21 min ± 1 left$/);
});
