import { expect, test } from 'vitest';
import { fakeId } from '../../fake-rows';
import { exampleJob } from './testing';
import { planQueue } from './waiting-times';

const MINUTE = 60_000;
const known = {
  time_ms: { low: 8 * MINUTE, expected: 10 * MINUTE, high: 12 * MINUTE },
  time_method: 'From 3 past runs.',
};

const run = (nth: number) => exampleJob({ id: fakeId(nth) });

test('each begins when the ones before it are done', () => {
  const expected = new Map([1, 2, 3].map((nth) => [fakeId(nth), known]));
  const waiting = [run(1), run(2), run(3)];
  expect(planQueue(waiting, expected, 5 * MINUTE)).toEqual({
    starts: [5 * MINUTE, 15 * MINUTE, 25 * MINUTE],
    end: 35 * MINUTE,
  });
});

test('after one that is not known no start is, and no end', () => {
  const waiting = [run(1), run(2), run(3)];
  expect(planQueue(waiting, new Map([[fakeId(1), known]]), 0)).toEqual({
    starts: [0, 10 * MINUTE, null],
    end: null,
  });
  expect(planQueue(waiting, new Map(), null)).toEqual({ starts: [null, null, null], end: null });
});
