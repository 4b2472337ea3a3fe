import { afterEach, expect, test } from 'vitest';
import { fakeBaseModel, fakeDataset, fakeEstimate, fakeSettings } from '../../fake-rows';
import type { GpuState } from '../../lib/types/system';
import { mount } from '../../mount';
import { NewRunPage } from './new-run-page';

let page: Awaited<ReturnType<typeof mount>>;
afterEach(() => page.unmount());

const gpuOf = (uuid: string): GpuState => ({
  ...{ uuid, name: 'A Card', driver: '580', memory_total_bytes: 8e9, memory_used_bytes: 0 },
  ...{ utilization: null, temperature: null, power_watts: null },
});

const open = async (...cards: string[]) => {
  page = await mount(<NewRunPage setting="seed" />, {
    datasets: { list: () => [fakeDataset(1)], versions: () => [] },
    base_models: { list: () => [fakeBaseModel(2)] },
    models: { list: () => [] },
    jobs: {
      list: () => [],
      settings: ({ preset_id }) => fakeSettings(preset_id),
      estimate: () => fakeEstimate(),
      datasets: () => [],
    },
    system: {
      hardware: () => ({
        ...{ gpus: cards.map(gpuOf), problem: null, driver: null, cpu_name: 'A Processor', cpu_cores: 8 },
        ...{ cpu_bf16: false, memory_total_bytes: 1, memory_free_bytes: 1 },
        ...{ disk_free_bytes: 1, disk_total_bytes: 1 },
      }),
    },
  });
  await page.until(() => expect(page.text()).toContain('Seed'));
};

const HELP = 'Cards that share the work of each step';

test('several cards are a setting where the machine has them', async () => {
  await open('a', 'b');
  await page.until(() => expect(page.text()).toContain(HELP));
});

test('one card, or none, is no choice', async () => {
  await open('a');
  await page.until(() => expect(page.text()).toContain('34 settings'));
  expect(page.text()).not.toContain(HELP);
});
