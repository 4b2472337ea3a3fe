import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  durationLimit,
  formatAgo,
  formatAmount,
  formatBytes,
  formatChange,
  formatChangeWords,
  formatClockAhead,
  formatCount,
  formatDuration,
  formatDurationBand,
  formatHash,
  formatLoss,
  formatMemory,
  formatMemoryBand,
  formatParameters,
  formatPercent,
  formatPrecision,
  formatRate,
  formatRoughDuration,
  formatStopwatch,
} from './format';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const GIBIBYTE = 1024 ** 3;

describe('counts', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [40_370_176, '40,370,176'],
  ])('writes %d in full', (count, words) => expect(formatCount(count)).toBe(words));

  it('says one of a thing in the singular', () => {
    expect(formatAmount(1, 'record')).toBe('1 record');
    expect(formatAmount(0, 'record')).toBe('0 records');
    expect(formatAmount(1284, 'entry', 'entries')).toBe('1,284 entries');
  });

  it.each([
    [7_620_000_000, '7.62 B'],
    [134_515_008, '135 M'],
    [4_884_480, '4.9 M'],
    [9_216, '9,216'],
  ])('shortens %d parameters', (count, words) => expect(formatParameters(count)).toBe(words));
});

describe('sizes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_700, '1.7 kB'],
    [470_000, '470 kB'],
    [99_960, '100 kB'],
    [999_999, '1.0 MB'],
    [15_200_000_000, '15.2 GB'],
    [1_820_000_000_000, '1.82 TB'],
  ])('counts %d bytes of a file in powers of ten', (bytes, words) => expect(formatBytes(bytes)).toBe(words));

  it.each([
    [24 * GIBIBYTE, '24.0 GB'],
    [GIBIBYTE - 1, '1.0 GB'],
    [512 * 1024 ** 2, '512 MB'],
  ])('counts %d bytes of memory as the driver does', (bytes, words) =>
    expect(formatMemory(bytes)).toBe(words),
  );

  it('gives an estimate its band', () => {
    expect(formatMemoryBand({ low: 1.6 * GIBIBYTE, expected: 1.8 * GIBIBYTE, high: 2.6 * GIBIBYTE })).toBe(
      '≈ 1.8 GB, at most 2.6',
    );
    expect(formatMemoryBand({ low: 17.5 * GIBIBYTE, expected: 18.1 * GIBIBYTE, high: 18.7 * GIBIBYTE })).toBe(
      '≈ 18.1 GB ± 0.6',
    );
  });
});

describe('durations', () => {
  it.each([
    [-5, '0 s'],
    [33_000, '33 s'],
    [59_600, '1 min'],
    [14 * MINUTE + 3_000, '14 min 3 s'],
    [HOUR + 27 * MINUTE, '1 h 27 min'],
    [2 * HOUR, '2 h'],
    [52 * HOUR, '2 d 4 h'],
  ])('writes %d ms in two units at most', (ms, words) => expect(formatDuration(ms)).toBe(words));

  it.each([
    [33_000, '≈ 33 s'],
    [12.4 * MINUTE, '≈ 12 min'],
    [HOUR + 27.4 * MINUTE, '≈ 1 h 27 min'],
  ])('is no finer about %d ms than an estimate can be', (ms, words) =>
    expect(formatRoughDuration(ms)).toBe(words),
  );

  it.each([
    [{ low: 20_000, expected: 35_000, high: 50_000 }, '≈ 35 s ± 15'],
    [{ low: 60_000, expected: 110_000, high: 160_000 }, '≈ 1 min 50 s ± 50'],
    [{ low: 42 * MINUTE, expected: 46 * MINUTE, high: 50 * MINUTE }, '≈ 46 min ± 4'],
    [{ low: 78 * MINUTE, expected: 87 * MINUTE, high: 96 * MINUTE }, '≈ 1 h 27 min ± 9'],
    [{ low: 17 * HOUR, expected: 19.6 * HOUR, high: 23 * HOUR }, '≈ 20 h ± 3'],
    [{ low: 59 * MINUTE, expected: 59.9 * MINUTE, high: 60 * MINUTE }, '≈ 60 min ± 1'],
  ])('gives half the band in the unit of the figure', (band, words) =>
    expect(formatDurationBand(band)).toBe(words),
  );

  it.each([
    [{ low: -4 * MINUTE, expected: 7 * MINUTE, high: 18 * MINUTE }, 'under 20 min'],
    [{ low: 0, expected: 5_000, high: 10_000 }, 'under 10 s'],
    [{ low: 0, expected: 40_000, high: 100_000 }, 'under 2 min'],
    [{ low: 0, expected: 2 * HOUR, high: 5 * HOUR }, 'under 6 h'],
    [{ low: 0, expected: 30 * HOUR, high: 70 * HOUR }, 'under 3 d'],
  ])('says under what a time stays where it is no better known than that', (band, words) =>
    expect(formatDurationBand(band)).toBe(words),
  );

  it('never says a band as large as the time itself, and no limit under the upper end', () => {
    const ms = fc.integer({ min: 0, max: 100 * HOUR });
    fc.assert(
      fc.property(ms, ms, (expected, spread) => {
        const band = { low: expected - spread, expected, high: expected + spread };
        const limit = durationLimit(band);
        if (limit !== null) return limit >= band.high;
        const [, value = '', half = ''] = /^≈ (.*) ± (\d+)$/.exec(formatDurationBand(band)) ?? [];
        const [large = '0', , small] = value.split(' ');
        return Number(half) < Number(large) || (small !== undefined && Number(half) < 60 * Number(large));
      }),
    );
  });

  it.each([
    [10_000, 'just now'],
    [3 * MINUTE, '3 min ago'],
    [5 * HOUR, '5 h ago'],
    [30 * HOUR, 'yesterday'],
    [72 * HOUR, '3 days ago'],
  ])('says how long ago %d ms is', (age, words) => {
    const now = Date.parse('2026-02-28T12:00:00.000Z');
    expect(formatAgo(new Date(now - age).toISOString(), now)).toBe(words);
  });
});

describe('figures', () => {
  it('writes losses with three digits, and what is not measured as a dash', () => {
    expect(formatLoss(0.9941)).toBe('0.994');
    expect(formatLoss(null)).toBe('—');
    expect(formatLoss(undefined)).toBe('—');
  });

  it('writes a change with its sign or in words', () => {
    expect(formatChange(1.842, 0.994)).toBe('− 46.0 %');
    expect(formatChange(1.4, 1.414)).toBe('+ 1.0 %');
    expect(formatChangeWords(4.684, 4.439)).toBe('5.2 % lower');
    expect(formatChangeWords(1.4, 1.414)).toBe('1.0 % higher');
  });

  it.each([
    [0, '0'],
    [0.0002, '2e-4'],
    [0.000083, '8.3e-5'],
    [0.01, '1e-2'],
  ])('writes the learning rate %d in powers of ten', (rate, words) => expect(formatRate(rate)).toBe(words));

  it.each([
    ['BF16', 'bf16'],
    ['bfloat16', 'bf16'],
    ['F32', 'fp32'],
    ['float32', 'fp32'],
    ['F16, F32', 'fp16, fp32'],
  ])('has one word for the precision %s', (name, word) => expect(formatPrecision(name)).toBe(word));

  it('writes shares and hashes', () => {
    expect(formatPercent(0.0363, 2)).toBe('3.63 %');
    expect(formatHash(`2c8c03e6${'0'.repeat(52)}a264`)).toBe('2c8c 03e6 … a264');
  });
});

it('shows a stage’s time as a stopwatch does', () => {
  expect([21_400, 1_570_000, 3_730_000].map(formatStopwatch)).toEqual(['0:21', '26:10', '1:02:10']);
});

describe('times to come', () => {
  const noon = new Date(2026, 2, 1, 12, 0).getTime();
  it.each([
    [5 * MINUTE, '12:05'],
    [14 * HOUR, 'Mon 02:00'],
    [5 * 24 * HOUR, 'Fri 12:00'],
    [9 * 24 * HOUR, '10 Mar, 12:00'],
  ])('in %d ms are told with the day where it is another: %s', (ms, words) =>
    expect(formatClockAhead(noon + ms, noon)).toBe(words),
  );
});
