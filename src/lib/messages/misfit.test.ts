import { expect, it } from 'vitest';
import { misfitOf } from './misfit';

const GIB = 1024 ** 3;
const band = (expected: number) => ({ low: expected, expected, high: expected });
const NEEDS = {
  fits: 'fits',
  memory_bytes: band(4 * GIB),
  memory_free_bytes: 8 * GIB,
  disk_bytes: band(1e9),
  disk_free_bytes: 1e11,
  remedies: [],
} as const;
const TOO_MUCH = { ...NEEDS, fits: 'does_not_fit', memory_bytes: band(12 * GIB) } as const;
const TOO_BIG = { disk_bytes: band(2e9), disk_free_bytes: 1e9 };

it('is nothing where memory and disk suffice, also where memory is tight', () => {
  expect(misfitOf(NEEDS)).toBeNull();
  expect(misfitOf({ ...NEEDS, fits: 'tight' })).toBeNull();
});

it('names memory, disk or both with the figures, and what would make it fit', () => {
  expect(misfitOf(TOO_MUCH)).toEqual({
    code: 'does_not_fit',
    message: 'The run needs ≈ 12.0 GB of memory, and 8.0 GB are free.',
    hint: 'Choose a smaller base model, or close what holds the memory.',
  });
  const remedies = [{ label: 'Keep 1 checkpoint', changes: { save_total_limit: 1 } }];
  expect(misfitOf({ ...NEEDS, ...TOO_BIG, remedies })).toEqual({
    code: 'does_not_fit',
    message: 'The run writes ≈ 2.0 GB, and 1.0 GB of the disk are free.',
    hint: 'What would make it fit: Keep 1 checkpoint.',
  });
  expect(misfitOf({ ...TOO_MUCH, ...TOO_BIG })?.message).toMatch(/memory.*disk/u);
});
