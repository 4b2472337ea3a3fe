import { expect, test } from 'vitest';
import { fakeEstimate, fakeId } from '../../fake-rows';
import { exampleJob } from './testing';
import { expectedOf, planQueue, runRequestOf } from './waiting-times';

const MINUTE = 60_000;
const band = { low: 8 * MINUTE, expected: 10 * MINUTE, high: 12 * MINUTE };
const measured = fakeEstimate({ time_ms: band, time_method: 'From 3 past runs.', total_steps: 100 });

const run = (nth: number, ...[changes]: Parameters<typeof exampleJob>) =>
  exampleJob({ id: fakeId(nth), ...changes });

test('asks for an estimate of the very run that waits, mixture and all', () => {
  const job = exampleJob();
  const part = { dataset_version_id: fakeId(7), name: 'Data', sha256: 'a'.repeat(64), format: 'chat' };
  const alone = [{ ...part, dataset_id: fakeId(1), weight: 1 }];
  const { base_model: _label, ...changes } = job.hyperparameters;
  const asked = {
    dataset_id: job.dataset_id,
    base_model_id: job.base_model_id,
    preset_id: job.preset_id,
    changes,
  };
  expect(runRequestOf(job, alone)).toEqual(asked);
  expect(runRequestOf(job, [...alone, { ...part, dataset_id: fakeId(3), weight: 2 }])).toEqual({
    ...asked,
    weight: 1,
    more_datasets: [{ dataset_id: fakeId(3), weight: 2 }],
  });
});

test('a run that goes on from a checkpoint is expected to take what is left of it', () => {
  expect(expectedOf(exampleJob(), measured)).toEqual({ band, method: 'From 3 past runs.' });
  expect(expectedOf(exampleJob({ current_step: 75, total_steps: 100 }), measured)).toEqual({
    band: { low: 2 * MINUTE, expected: 2.5 * MINUTE, high: 3 * MINUTE },
    method: 'From 3 past runs. 25 of 100 steps are left.',
  });
});

test('says why where nothing was measured', () => {
  const estimate = fakeEstimate({ time_method: 'No run was measured yet.' });
  expect(expectedOf(exampleJob(), estimate)).toEqual({ band: null, method: 'No run was measured yet.' });
});

test('each begins when the ones before it are done', () => {
  const known = { band, method: '' };
  const expected = new Map([1, 2, 3].map((nth) => [fakeId(nth), known]));
  const waiting = [run(1), run(2), run(3)];
  expect(planQueue(waiting, expected, 5 * MINUTE)).toEqual({
    starts: [5 * MINUTE, 15 * MINUTE, 25 * MINUTE],
    end: 35 * MINUTE,
  });
});

test('after one that is not known no start is, and no end', () => {
  const known = { band, method: '' };
  const waiting = [run(1), run(2), run(3)];
  expect(planQueue(waiting, new Map([[fakeId(1), known]]), 0)).toEqual({
    starts: [0, 10 * MINUTE, null],
    end: null,
  });
  expect(planQueue(waiting, new Map(), null)).toEqual({ starts: [null, null, null], end: null });
});
