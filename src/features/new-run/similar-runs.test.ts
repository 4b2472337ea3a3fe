import { expect, test } from 'vitest';
import { fakeId, fakeJob, fakeModel, fakeSettings } from '../../fake-rows';
import type { TrainingJob } from '../../lib/types/lora-training';
import type { TrainingSettings } from '../../lib/types/training-settings';
import { measuredRuns, similarRuns, similarTitle, similarWords } from './similar-runs';

const like = { base_model_id: fakeId(2), settingsOn: () => fakeSettings('balanced') };

/** The nth run and its model, whose held-out loss falls from 4 to `after`. */
const made = (nth: number, rest: Partial<TrainingJob> = {}, after: number | null = 3) => {
  const model = fakeModel(nth);
  return {
    job: fakeJob(nth, { completed_at: `2026-03-0${nth}T09:00:00.000Z`, ...rest }),
    model: {
      ...model,
      quality_metrics: { ...model.quality_metrics, base_validation_loss: 4, final_validation_loss: after },
    },
  };
};

const among = (...pairs: readonly ReturnType<typeof made>[]) => ({
  jobs: pairs.map(({ job }) => job),
  models: pairs.map(({ model }) => model),
});

const names = (wanted: Parameters<typeof similarRuns>[0], ...pairs: readonly ReturnType<typeof made>[]) =>
  similarRuns(wanted, measuredRuns(among(...pairs))).map(({ name }) => name);

test('are finished runs of the same recipe on the same base model, the newest first', () => {
  expect(
    names(
      like,
      made(1),
      made(3),
      made(4, { status: 'cancelled' }),
      made(5, { base_model_id: fakeId(9) }),
      made(6, { hyperparameters: fakeSettings('conservative') }),
      made(7, { hyperparameters: { ...fakeSettings('balanced'), method: 'dpo' } }),
      made(8, {}, null),
      made(9, { hyperparameters: { ...fakeSettings('balanced'), lora_rank: 64 } }),
      made(2, { hyperparameters: { ...fakeSettings('balanced'), seed: 7 } }),
    ),
  ).toEqual(['Run 3', 'Run 2', 'Run 1']);
});

test.each([
  { max_steps: 5 },
  { quantization: 'nf4' },
  { target_modules: ['q_proj', 'k_proj', 'v_proj'] },
  { max_length: 128 },
] satisfies Partial<TrainingSettings>[])(
  'are none that changed %j, in the window or on the command line',
  (change) => {
    const hyperparameters = { ...fakeSettings('balanced'), ...change };
    expect(
      names(like, made(1, { hyperparameters }), made(2, { hyperparameters, preset_id: 'custom' })),
    ).toEqual([]);
  },
);

test('are those with the same settings, whatever recipe they began from', () => {
  const settings = { ...fakeSettings('balanced'), lora_rank: 64 };
  const own = { ...like, settingsOn: () => settings };
  const same = { hyperparameters: { ...settings, base_model: 'another label', seed: 7 } };
  expect(
    names(
      own,
      made(1, same),
      made(2),
      made(3, { ...same, preset_id: 'custom' }),
      made(4, { preset_id: 'custom' }),
    ),
  ).toEqual(['Run 3', 'Run 1']);
  expect(names({ ...own, settingsOn: () => null }, made(1, same))).toEqual([]);
});

test('are compared as their machine resolves what nobody changed', () => {
  const settingsOn = (device: 'cpu' | 'cuda') => ({
    ...fakeSettings('balanced'),
    max_length: device === 'cpu' ? 512 : 2048,
  });
  const gpu_config = { gpu_type: 'A card', num_gpus: 1, gpu_memory_gb: 24, cost_per_gpu_hour: 0 };
  const long = { hyperparameters: settingsOn('cuda') };
  expect(names({ ...like, settingsOn }, made(1), made(2, long), made(3, { ...long, gpu_config }))).toEqual([
    'Run 3',
    'Run 1',
  ]);
});

test('are told in one sentence, three at most', () => {
  const after = [2, 3, 2.216, 1].map((loss, index) => made(index + 1, {}, loss));
  const told = (count: number) =>
    similarWords(similarRuns(like, measuredRuns(among(...after.slice(0, count))))).replaceAll('\u00A0', ' ');
  expect([0, 1, 2, 3, 4].map(told)).toEqual([
    'No similar run yet.',
    '1 similar run: held-out loss − 50.0 %, on “Dataset 1”.',
    '2 similar runs: held-out loss − 25.0 % and − 50.0 %, the last on “Dataset 1”.',
    '3 similar runs: held-out loss − 44.6 %, − 25.0 % and − 50.0 %, the last on “Dataset 1”.',
    'The last 3 of 4 similar runs: held-out loss − 75.0 %, − 44.6 % and − 25.0 %, the last on “Dataset 1”.',
  ]);
});

test('are named with their datasets', () => {
  expect(similarTitle(similarRuns(like, measuredRuns(among(made(1), made(2)))))).toBe(
    '“Run 2” on “Dataset 1”\n“Run 1” on “Dataset 1”',
  );
  expect(similarTitle([])).toBeUndefined();
});
