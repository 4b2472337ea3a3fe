import { act } from 'react';
import { afterEach, expect, test } from 'vitest';
import type { FakeHandlers } from '../../fake-api';
import { AppError } from '../../lib/messages/app-error';
import { DEFAULT_SETTINGS } from '../../lib/types/system';
import type { DoctorCheck } from '../../lib/types/system';
import { mount } from '../../mount';
import { doctor } from '../../stores';
import { SettingsPage } from './settings-page';

type Mounted = Awaited<ReturnType<typeof mount>>;

let page: Mounted;
afterEach(() => page.unmount());

const open = async (handlers: FakeHandlers = {}) => {
  page = await mount(<SettingsPage />, {
    settings: { get: () => DEFAULT_SETTINGS, set: (change) => ({ ...DEFAULT_SETTINGS, ...change }) },
    base_models: { list: () => [] },
    system: {
      about: () => ({ version: '1', data_dir: '/data', platform: 'linux', profile: 'Night shift' }),
      doctor: () => [],
      network: () => ({ window_requests: 0, trainer_requests: 0, last: [] }),
    },
    ...handlers,
  });
};

test('says in the right words that a size is too small, and does not save it', async () => {
  await open();
  await page.until(() => expect(page.field('Largest dataset').value).toBe('500'));
  await page.type(page.field('Largest dataset'), '0');
  await page.until(() => expect(page.text()).toContain('Give 1 MB or more.'));
  expect(page.field('Largest dataset').getAttribute('aria-invalid')).toBe('true');
  expect(page.fake.calls.map(({ name }) => name)).not.toContain('settings.set');
});

test('says what went wrong with everything once, with one way to try again', async () => {
  const locked = () => {
    throw new AppError({ code: 'database_locked', message: 'The database is locked.', hint: 'Wait.' });
  };
  await open({
    settings: { get: locked },
    base_models: { list: locked },
    system: { about: locked, doctor: locked, network: locked },
  });
  await page.until(() => expect(document.querySelectorAll('[role=alert]')).toHaveLength(1));
  expect(page.text().split('The database is locked.')).toHaveLength(2);
  const again = page.button('Try again');
  const asked = () => page.fake.calls.filter(({ name }) => name === 'system.about').length;
  const before = asked();
  await page.click(again);
  await page.until(() => expect(asked()).toBe(before + 1));
});

test('says whose data it is', async () => {
  await open();
  await page.until(() => expect(page.text()).toContain('ProfileNight shift'));
});

test('says what the count of requests covers, and what it does not', async () => {
  await open();
  await page.until(() => expect(page.text()).toContain('0 requests by the window'));
  expect(page.text()).not.toContain('Every request');
  expect(page.text()).toContain(
    'WebRTC and look-ups of names lead nowhere in the window and are not counted.',
  );
});

test('counts no costs', async () => {
  await open();
  await page.until(() => expect(page.text()).toContain('Largest dataset'));
  expect(page.text()).not.toContain('Costs');
});

test('shows a check that was asked for on another page, and its answer', async () => {
  let answer: (checks: DoctorCheck[]) => void = () => undefined;
  const found = { id: 'runtime', level: 'passed', ok: true, title: 'Runtime', hint: null } as const;
  await open({
    settings: { get: () => DEFAULT_SETTINGS },
    base_models: { list: () => [] },
    system: { doctor: () => new Promise<DoctorCheck[]>((resolve) => (answer = resolve)) },
  });
  let asked = Promise.resolve();
  await act(async () => {
    asked = doctor.refresh();
    await Promise.resolve();
  });
  await page.until(() => expect(page.text()).toContain('Checking…'));
  await act(async () => {
    answer([{ ...found, message: 'Python 3.12 answered.' }]);
    await asked;
  });
  await page.until(() => expect(page.text()).toContain('Python 3.12 answered.'));
  expect(page.text()).toContain('Checked just now');
});
