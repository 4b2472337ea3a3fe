import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { FakeHandlers } from '../../fake-api';
import { fakeBaseModel, fakeId, fakeJob, fakeModel } from '../../fake-rows';
import type { Checkpoint, Evaluation, JobSample } from '../../lib/types/job-records';
import type { ArtifactExport } from '../../lib/types/model-artifact';
import type { KeptRunDataset } from '../../lib/types/run-mixture';
import { mount } from '../../mount';
import { ModelPage } from './model-page';

let page: Awaited<ReturnType<typeof mount>>;
beforeEach(() => {
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe = vi.fn();
      unobserve = vi.fn();
      disconnect = vi.fn();
    },
  );
});
afterEach(() => page.unmount());

const TIME = '2026-03-01T08:00:00.000Z';

const taken: KeptRunDataset = {
  dataset_id: fakeId(1),
  dataset_version_id: fakeId(9),
  version_number: 3,
  name: 'Dataset 1',
  sha256: 'a'.repeat(64),
  format: 'chat',
  weight: 1,
};

const checkpoint = (step: number, validation_loss: number): Checkpoint => ({
  step,
  path: `checkpoints/step-${step}`,
  size_bytes: 1,
  sha256: 'a'.repeat(64),
  validation_loss,
  best: step === 300,
  pruned: false,
  created_at: TIME,
});

const byTopic = (subject: Evaluation['subject'], loss: number): Evaluation => ({
  step: 300,
  subject,
  group: 'topic: booking',
  loss,
  tokens: 100,
  records: 10,
  method: 'mean',
  final: true,
});

const sample = (step: number, text: string): JobSample => ({
  attempt: 1,
  step,
  prompt_id: 'a',
  prompt: 'Who keeps the light?',
  seed: 42,
  text,
});

const made = (rest: Partial<ArtifactExport>): ArtifactExport => ({
  id: fakeId(20),
  artifact_id: fakeId(5),
  format: 'zip',
  path: '/out/adapter.zip',
  status: 'pending',
  files: [],
  verification: null,
  error: null,
  created_at: TIME,
  completed_at: null,
  revision: 1,
  ...rest,
});

const show = async (exports: readonly ArtifactExport[] = [], handlers: FakeHandlers['models'] = {}) => {
  page = await mount(<ModelPage id={fakeId(5)} />, {
    base_models: { list: () => [fakeBaseModel(2)] },
    jobs: {
      list: () => [fakeJob(5)],
      datasets: () => [taken],
      evaluations: () => [byTopic('base', 2), byTopic('adapter', 1)],
      samples: () => [sample(0, 'A lamp.'), sample(300, 'I do, friend.')],
      checkpoints: () => [checkpoint(200, 1.6), checkpoint(300, 1.428)],
    },
    models: { list: () => [fakeModel(5)], exports: () => [...exports], ...handlers },
  });
  await page.until(() => expect(page.text()).toContain('Lineage'));
};

test('the lineage justifies the checkpoint by its held-out loss and names the version of the data', async () => {
  await show();
  await page.until(() => expect(page.text()).toContain('lowest held-out loss of 2'));
  expect(page.text()).toContain('Checkpoint 300');
  expect(page.text()).toContain('Dataset “Dataset 1”, version 3');
  expect(page.text()).not.toContain('0.989');
});

test('the verdict has its step, and answers before and after also where topics are compared', async () => {
  await show();
  await page.until(() => expect(page.text()).toContain('I do, friend.'));
  expect(page.find('h2').textContent).toBe('Better on held-out data: loss 69.2 % lower at step 300');
  expect(page.text()).toContain('By topic');
  expect(page.text()).toContain('A lamp.');
});

test('of a few held-out records the verdict is that they do not tell', async () => {
  const model = fakeModel(5);
  const few = { ...model, quality_metrics: { ...model.quality_metrics, held_out_records: 3 } };
  await show([], { list: () => [few] });
  const verdict = page.find('h2');
  expect(verdict.textContent).toBe('Lower on 3 records: too few to tell; loss 69.2 % lower at step 300');
  expect(verdict.title).toContain('A verdict needs 20 held-out records or more');
  expect(verdict.innerHTML).not.toContain('good');
});

test('an export says whether it is written or checked', async () => {
  await show([made({}), made({ id: fakeId(21), format: 'adapter', status: 'running' })]);
  await page.until(() => expect(page.text()).toContain('Writing the files…'));
  expect(page.text()).toContain('Checking: loaded again in plain PEFT…');
});

test('a GGUF file says what llama.cpp has computed, or that it has not loaded it', async () => {
  const figures = { ok: true, trained_on: 'none', widened: null } as const;
  const done = { status: 'completed', completed_at: TIME } as const;
  const loaded = { tensors: 272, llama_cpp: 'b11549', reason: null };
  const held_out_loss = { texts: 25, adapter: 1.02, merged: 1.03 };
  const asked = { max_abs_diff: 0.25, greedy_equal: true, prompts: 3, held_out_loss };
  const unasked = { max_abs_diff: null, greedy_equal: null, prompts: 0, held_out_loss: null };
  const unloaded = { tensors: 272, llama_cpp: null, reason: 'it is not installed' };
  await show([
    made({ ...done, format: 'gguf', verification: { ...figures, ...asked, gguf: loaded } }),
    made({
      ...done,
      id: fakeId(21),
      format: 'gguf-adapter',
      verification: { ...figures, ...unasked, gguf: unloaded },
    }),
  ]);
  await page.until(() => expect(page.text()).toContain('Merged GGUF'));
  expect(page.text()).toContain(
    'Loaded in llama.cpp b11549: held-out loss 1.0200, in llama.cpp 1.0300, largest logit difference 2.5e-1, ' +
      'greedy tokens agree, 3 prompts',
  );
  expect(page.text()).toContain('Exported, not checked in llama.cpp: it is not installed. 272 tensors');
  expect(page.text()).toContain('2 exports1 of them not checked in llama.cpp');
  expect(page.find('[aria-label="unchecked"]').getAttribute('class')).toContain('text-warn');
});

test('an export that failed is made again at its place', async () => {
  await show([made({ status: 'failed', error: 'No space is left.' })], {
    export: () => made({ revision: 2 }),
  });
  await page.until(() => expect(page.text()).toContain('No space is left.'));
  await page.click(page.button('Export again'));
  expect(page.fake.calls.find(({ name }) => name === 'models.export')?.input).toEqual({
    id: fakeId(5),
    format: 'zip',
    to: '/out/adapter.zip',
  });
});
