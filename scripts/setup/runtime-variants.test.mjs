import { expect, test } from 'vitest';

import { OLDEST_DRIVER } from '../../src/lib/messages/hardware-checks';
import { chooseVariant, RUNTIME_VARIANTS } from './runtime-variants.mjs';

test('takes the newest variant where the driver is new enough or there is no card', () => {
  expect(chooseVariant(null)).toMatchObject({ variant: { name: 'cu13' }, warning: null });
  expect(chooseVariant({ version: '580.65.06', major: 580 })).toMatchObject({ warning: null });
});

test('asks for the driver that the product asks for', () => {
  expect(RUNTIME_VARIANTS.at(-1).oldestDriver).toBe(OLDEST_DRIVER);
});

test('names both versions where the driver is too old', () => {
  const { warning } = chooseVariant({ version: '535.183.01', major: 535 });
  expect(warning).toContain('driver is 535.183.01');
  expect(warning).toContain('needs 580 or newer');
});
