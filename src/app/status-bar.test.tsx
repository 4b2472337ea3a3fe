import { act } from 'react';
import { afterEach, expect, test } from 'vitest';
import { AppError } from '../lib/messages/app-error';
import type { HardwareState } from '../lib/types/system';
import { mount } from '../mount';
import { StatusBar } from './status-bar';

type Mounted = Awaited<ReturnType<typeof mount>>;

let bar: Mounted;
afterEach(() => bar.unmount());

const GIB = 1024 ** 3;
const CARD: HardwareState['gpus'][number] = {
  uuid: 'GPU-1',
  name: 'NVIDIA GeForce RTX 4090',
  driver: '580.65',
  memory_total_bytes: 24 * GIB,
  memory_used_bytes: 6 * GIB,
  utilization: 40,
  temperature: 61,
  power_watts: 212.4,
};
const MACHINE: HardwareState = {
  gpus: [CARD],
  problem: null,
  driver: CARD.driver,
  cpu_name: 'A processor',
  cpu_cores: 8,
  cpu_bf16: false,
  memory_total_bytes: 32 * GIB,
  memory_free_bytes: 16 * GIB,
  disk_free_bytes: 5e11,
  disk_total_bytes: 1e12,
};

const open = async (machine: HardwareState) => {
  bar = await mount(<StatusBar />, {
    system: {
      hardware: () => machine,
      network: () => ({ window_requests: 0, trainer_requests: 0, last: [] }),
    },
    jobs: { list: () => [], saving: () => [] },
  });
};

const meter = () => bar.find('[role=progressbar][aria-label="Card memory"]');

test('shows the card, how much of its memory is used, its temperature and its power', async () => {
  await open(MACHINE);
  await bar.until(() => expect(bar.text()).toContain('RTX 40906.0 GB of 24.0 GB61 °C212 W'));
  expect(meter().getAttribute('aria-valuenow')).toBe('25');
  expect(meter().firstElementChild?.getAttribute('style')).toBe('width: 25%;');
});

test('follows the card as its memory fills', async () => {
  await open(MACHINE);
  await bar.until(() => expect(meter().getAttribute('aria-valuenow')).toBe('25'));
  const filled = { ...CARD, memory_used_bytes: 18 * GIB, temperature: null, power_watts: null };
  await act(() => {
    bar.fake.emit('system', 'hardware_changed', { ...MACHINE, gpus: [filled] });
    return Promise.resolve();
  });
  await bar.until(() => expect(meter().getAttribute('aria-valuenow')).toBe('75'));
  expect(bar.text()).toContain('18.0 GB of 24.0 GB');
  expect(bar.text()).not.toMatch(/°C| W/);
});

test.each([
  ['no NVIDIA card', null],
  ['NVIDIA driver too old', '450.1'],
])('says “%s” where training can use none', async (words, driver) => {
  await open({ ...MACHINE, gpus: [], driver, problem: 'Why.' });
  await bar.until(() => expect(bar.text()).toContain(words));
  expect(document.querySelector('[role=progressbar]')).toBeNull();
  expect(bar.find('[title="Why."]').textContent).toBe(words);
});

test('what is not known gives its reason', async () => {
  const locked = () => {
    throw new AppError({ code: 'database_locked', message: 'The database is locked.', hint: 'Wait.' });
  };
  bar = await mount(<StatusBar />, { system: { hardware: locked, network: locked }, jobs: { list: locked } });
  await bar.until(() =>
    expect(
      [...document.querySelectorAll('[title="The database is locked."]')].map(
        ({ textContent }) => textContent,
      ),
    ).toEqual(['card —', 'jobs —']),
  );
});
