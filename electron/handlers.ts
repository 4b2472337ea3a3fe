import type { Handlers } from '../src/lib/contract/derived';
import { LR_RANGE_STEPS } from '../src/lib/types/lr-range';
import { RecordView } from '../src/lib/types/record-view';
import { APP_VERSION, type Services } from './app';
import type { DatasetService } from './services/datasets/dataset-service';
import { findFiles } from './services/datasets/found-files';
import { wordsOfReading } from './services/datasets/version-recipe';
import { expectedTime } from './services/estimate/expected-time';
import { tryIt, tryItPlan } from './try-it';

const datasetHandlers = ({
  datasets,
  previews,
  numbers,
  packs,
  baseModels,
  serve,
}: Services): Handlers['datasets'] => ({
  list: () => datasets.list(),
  get: ({ id }) => datasets.get(id),
  import: async ({ paths }) => (await datasets.startImport(paths)).map(({ dataset }) => dataset),
  import_sample: () => datasets.importSample(),
  cancel_import: ({ id }) => datasets.cancelImport(id),
  problems: (request) => datasets.problems(request),
  raw_part: ({ id, ...place }) => datasets.originals.rawPart(id, place),
  records: async (request) => {
    const { total, records } = await datasets.records(request);
    return { total, records: [...records] };
  },
  view: async ({ id, index, base_model_id, max_length }) => {
    const [record, dataset, model] = await Promise.all([
      datasets.record(id, index),
      datasets.get(id),
      baseModels.get(base_model_id),
    ]);
    const params = { record, base_model: model.path, max_length, format: dataset.format };
    return RecordView.parse(await serve.request('inspect', params));
  },
  packs: (request) => packs.of(request),
  delete: ({ id }) => datasets.delete(id),
  restore: ({ id }) => datasets.restore(id),
  versions: ({ id }) => datasets.versions.list(id),
  use_version: ({ id, number }) => datasets.versions.use(id, number),
  diff: (request) => datasets.versions.diff(request),
  preview_edit: ({ id, edit, ...page }) => datasets.versions.preview(id, edit, page),
  count_fixes: async ({ id, fixes }) => [...(await datasets.versions.countFixes(id, fixes))],
  edit: ({ id, edit }) => datasets.versions.edit(id, edit),
  record_ids: (request) => datasets.versions.recordIds(request),
  rejected: ({ id }) => datasets.versions.rejectedLines(id),
  excluded: ({ id, ...page }) => datasets.versions.excluded(id, page),
  repeated_ids: ({ id }) => datasets.versions.repeatedIds(id),
  source: ({ id }) => datasets.originals.source(id),
  metadata: ({ id }) => datasets.originals.metadata(id),
  stats: (request) => numbers.stats(request),
  over_limit: (request) => numbers.overLimit(request),
  survey: (request) => numbers.survey(request),
  split: (request) => numbers.split(request),
  mixture_leaks: (request) => numbers.mixtureLeaks(request),
  cancel_measuring: ({ id }) => {
    numbers.cancel(id);
    return Promise.resolve();
  },
  find_files: ({ paths }) => findFiles(paths),
  preview: ({ path, reading, file_name }) => previews.look(path, reading, file_name),
  forget_reading: ({ signature }) => previews.forget(signature),
  import_file: (wish) => importWish(datasets, wish),
  deleted: () => datasets.listDeleted(),
  purge: ({ id }) => datasets.purge(id),
  describe: ({ id, ...words }) => datasets.describe(id, words),
});

const importWish = async (
  datasets: DatasetService,
  { path, file_name, name, description, reading }: Parameters<Handlers['datasets']['import_file']>[0],
) => {
  const { dataset } = await datasets.startOne(path, {
    ...(file_name !== undefined && { fileName: file_name }),
    ...(name !== null && { name }),
    ...(description !== '' && { description }),
    ...wordsOfReading(reading),
    isChosen: true,
  });
  return dataset;
};

const jobHandlers = (services: Services): Handlers['jobs'] => {
  const { jobs, estimates } = services;
  return {
    list: () => jobs.list(),
    get: ({ id }) => jobs.get(id),
    saving: () => Promise.resolve(jobs.saving()),
    settings: (request) => estimates.settings(request),
    estimate: (request) => estimates.estimate(request),
    probe_memory: (request) => jobs.memoryProbe.run({ ...request, name: 'Memory probe' }),
    stop_memory_probe: () => {
      jobs.memoryProbe.stop();
      return Promise.resolve();
    },
    create: (request) => jobs.create(request),
    try_it: () => tryIt(services),
    try_it_plan: () => tryItPlan(services),
    test_rate: (request) => jobs.rateTest.run({ ...request, name: 'Rate test' }, { steps: LR_RANGE_STEPS }),
    stop_rate_test: () => {
      jobs.rateTest.stop();
      return Promise.resolve();
    },
    pause: ({ id }) => jobs.pause(id),
    resume: ({ id, ...wish }) => jobs.resume(id, wish),
    cancel: (request) => jobs.cancel(request),
    retry: ({ id }) => jobs.retry(id),
    move: ({ id, to }) => jobs.move(id, to),
    delete: ({ id }) => jobs.delete(id),
    checkpoint_now: ({ id }) => jobs.checkpointNow(id),
    sample_now: ({ id, prompt }) => jobs.sampleNow(id, prompt),
    metrics: ({ id }) => jobs.metrics(id),
    events: (page) => jobs.events(page),
    samples: ({ id }) => jobs.samples(id),
    evaluations: ({ id }) => jobs.evaluations(id),
    checkpoints: ({ id }) => jobs.checkpoints(id),
    attempts: ({ id }) => jobs.attempts(id),
    datasets: ({ id }) => jobs.datasets(id),
    logs: (page) => jobs.logs(page),
    last_size: () => jobs.lastSize(),
    expected_time: ({ id }) => expectedTime(services, id),
  };
};

const modelHandlers = ({ models }: Services): Handlers['models'] => ({
  list: () => models.list(),
  get: ({ id }) => models.get(id),
  verify: ({ id }) => models.verify(id),
  delete: ({ id }) => models.delete(id),
  deleted: () => models.listDeleted(),
  restore: ({ id }) => models.restore(id),
  rename: ({ id, name }) => models.rename(id, name),
  export: (request) => models.export(request),
  exports: ({ id }) => models.exports(id),
  generate: (request) => models.generate(request),
});

/** Every call of the contract that needs no desktop. */
export const handlersOf = (services: Services): Omit<Handlers, 'desktop'> => ({
  datasets: datasetHandlers(services),
  base_models: {
    list: () => services.baseModels.list(),
    add: (request) => services.baseModels.add(request),
    remove: ({ id }) => services.baseModels.remove(id),
  },
  jobs: jobHandlers(services),
  models: modelHandlers(services),
  system: {
    doctor: () => services.doctor.checks(),
    hardware: () => services.hardware.current(),
    network: () => Promise.resolve(services.network.current()),
    about: () =>
      Promise.resolve({
        version: APP_VERSION,
        data_dir: services.dataDir,
        platform: process.platform,
        profile: services.profile,
      }),
  },
  settings: { get: () => services.settings.get(), set: (changes) => services.settings.set(changes) },
});
