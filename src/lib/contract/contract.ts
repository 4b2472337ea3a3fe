import { z } from 'zod';
import { BaseModel } from '../types/base-model';
import { SourceMetadata } from '../types/dataset-metadata';
import { ProblemPlace, RawPart } from '../types/raw-part';
import { DatasetStats, DatasetSurvey, FoundRecords, RejectedLines } from '../types/dataset-numbers';
import { CanonicalRecord, DatasetProblem, ProblemFilter, RecordSide } from '../types/dataset-records';
import { SplitChoice, SplitView } from '../types/dataset-split';
import { Reading } from '../types/dataset-reading';
import { ChangesPage, DatasetEdit, DatasetVersion, VersionDiff } from '../types/dataset-versions';
import { Estimate, ExpectedTime } from '../types/estimate';
import { FoundFiles, ImportPreview } from '../types/import-preview';
import {
  Checkpoint,
  Evaluation,
  JobAttempt,
  JobEvent,
  JobSample,
  LogLine,
  MetricsPoint,
} from '../types/job-records';
import { Dataset, PresetId, TrainingJob } from '../types/lora-training';
import { MixtureLeaks, MixtureLeaksRequest } from '../types/mixture-leaks';
import { LrPoint, LrRange } from '../types/lr-range';
import { TryItPlan } from '../types/try-it';
import { Count, Uuid } from '../types/primitives';
import { PackRequest, RecordPacks } from '../types/record-packs';
import { Recipe } from '../types/recipe';
import { RecordView } from '../types/record-view';
import { SamplePrompt } from '../types/run-folder';
import { KeptRunDataset, Weight, WeightedDataset } from '../types/run-mixture';
import { DoctorCheck, FileChoice, HardwareState, NetworkState, Settings } from '../types/system';
import { SettingChanges, TrainingSettings } from '../types/training-settings';
import { ById, call, event, Nothing } from './endpoint';
import { MODEL_ENDPOINTS } from './model-endpoints';

const Page = z.strictObject({ id: Uuid, offset: Count, limit: z.int().min(1).max(500) });
const SearchPage = z.strictObject({ ...Page.shape, query: z.string().max(200) });

/** What a run is made of; the same words for an estimate and for a start. */
export const RunRequest = z.strictObject({
  dataset_id: Uuid,
  base_model_id: Uuid,
  preset_id: PresetId,
  changes: SettingChanges,
  /** Of the first dataset; only beside others. */
  weight: Weight.optional(),
  more_datasets: z.array(WeightedDataset).max(9).optional(),
});
export type RunRequest = z.infer<typeof RunRequest>;

export const NewJob = z.strictObject({
  ...RunRequest.shape,
  name: z.string().trim().min(1).max(200),
  sample_prompts: z.array(SamplePrompt).max(10).optional(),
});
export type NewJob = z.infer<typeof NewJob>;

export const ImportProgress = z.strictObject({
  dataset_id: Uuid,
  phase: z.enum(['copying', 'reading']),
  /** Since the phase began. */
  phase_ms: Count,
  bytes_done: Count,
  bytes_total: Count,
  records: Count,
  problems: Count,
});
export type ImportProgress = z.infer<typeof ImportProgress>;

export const StatsRequest = z.strictObject({ id: Uuid, base_model_id: Uuid, max_length: z.int().min(16) });
export type StatsRequest = z.infer<typeof StatsRequest>;

export const SurveyRequest = z.strictObject({ id: Uuid, ...SplitChoice.shape });
export type SurveyRequest = z.infer<typeof SurveyRequest>;

/** How far the counting of a dataset is, in records over all its passes. */
export const MeasuringProgress = z.strictObject({
  dataset_id: Uuid,
  kind: z.enum(['stats', 'survey']),
  done: Count,
  total: Count,
});
export type MeasuringProgress = z.infer<typeof MeasuringProgress>;

const Paths = z.strictObject({ paths: z.array(z.string()).min(1).max(50) });

const FileName = z.string().min(1).max(255);

/** One file, and how it is to be read and called; its own name where none is given. */
const ImportWish = z.strictObject({
  path: z.string(),
  /** What the file was called, where its path does not say it any more. */
  file_name: FileName.optional(),
  name: z.string().trim().min(1).max(200).nullable(),
  description: z.string().trim().max(2000),
  reading: Reading,
});

/** What a user says of a dataset; what is left out stays. */
const DatasetWords = z.strictObject({
  id: Uuid,
  name: z.string().trim().min(1).max(200).optional(),
  description: z.string().trim().max(2000).optional(),
  tags: z.array(z.string().trim().min(1).max(40)).max(20).optional(),
});

/**
 * Every word between the window and the main process. Handlers, preload and the test double are
 * derived from it; the name of an endpoint is `group.name`.
 */
export const contract = {
  datasets: {
    list: call(Nothing, z.array(Dataset)),
    get: call(ById, Dataset),
    import: call(Paths, z.array(Dataset)),
    import_sample: call(Nothing, Dataset),
    cancel_import: call(ById, Nothing),
    problems: call(
      z.strictObject({ ...Page.shape, ...ProblemFilter.shape }),
      z.strictObject({ total: Count, problems: z.array(DatasetProblem) }),
    ),
    /** Where a problem of an import is in the original. */
    raw_part: call(z.strictObject({ id: Uuid, ...ProblemPlace.shape }), RawPart),
    records: call(
      SearchPage,
      z.strictObject({
        total: Count,
        records: z.array(z.strictObject({ index: Count, record: CanonicalRecord })),
      }),
    ),
    view: call(
      z.strictObject({ id: Uuid, index: Count, base_model_id: Uuid, max_length: z.int().min(16) }),
      RecordView,
    ),
    packs: call(PackRequest, RecordPacks),
    delete: call(ById, Nothing),
    restore: call(ById, Dataset),
    versions: call(ById, z.array(DatasetVersion)),
    use_version: call(z.strictObject({ id: Uuid, number: z.int().min(1) }), Dataset),
    diff: call(
      z.strictObject({ id: Uuid, from: z.int().min(1), to: z.int().min(1), ...ChangesPage.shape }),
      VersionDiff,
    ),
    preview_edit: call(z.strictObject({ id: Uuid, edit: DatasetEdit, ...ChangesPage.shape }), VersionDiff),
    /** How many records each fix would change if it were the only new one, in their order. */
    count_fixes: call(z.strictObject({ id: Uuid, fixes: DatasetEdit.shape.fixes }), z.array(Count)),
    edit: call(z.strictObject({ id: Uuid, edit: DatasetEdit }), Dataset),
    record_ids: call(
      z.strictObject({
        id: Uuid,
        query: z.string().max(200),
        /** Of records that are left out none is known. */
        problem: ProblemFilter.nullable(),
        side: RecordSide.optional(),
      }),
      FoundRecords,
    ),
    /** Which an import left out, each with its first error. */
    rejected: call(ById, RejectedLines),
    excluded: call(SearchPage, z.strictObject({ total: Count, records: z.array(CanonicalRecord) })),
    /** Of the records that repeat an earlier one word for word. */
    repeated_ids: call(ById, FoundRecords),
    metadata: call(ById, SourceMetadata),
    /** Where the original is kept. */
    source: call(ById, z.strictObject({ path: z.string(), file_name: FileName })),
    changed: event(Dataset),
    progress: event(ImportProgress),
    stats: call(StatsRequest, DatasetStats),
    over_limit: call(StatsRequest, FoundRecords),
    survey: call(SurveyRequest, DatasetSurvey),
    split: call(SurveyRequest, SplitView),
    mixture_leaks: call(MixtureLeaksRequest, MixtureLeaks.nullable()),
    cancel_measuring: call(ById, Nothing),
    measuring: event(MeasuringProgress),
    find_files: call(Paths, FoundFiles),
    /** Null: as files like it were read last time, else as it is recognised. */
    preview: call(
      z.strictObject({ path: z.string(), reading: Reading.nullable(), file_name: FileName.optional() }),
      ImportPreview,
    ),
    forget_reading: call(z.strictObject({ signature: z.string().max(100) }), Nothing),
    import_file: call(ImportWish, Dataset),
    deleted: call(Nothing, z.array(Dataset)),
    purge: call(ById, Nothing),
    describe: call(DatasetWords, Dataset),
    removed: event(ById),
  },
  base_models: {
    list: call(Nothing, z.array(BaseModel)),
    add: call(z.strictObject({ path: z.string(), name: z.string().optional() }), BaseModel),
    remove: call(ById, Nothing),
    changed: event(BaseModel),
    removed: event(ById),
  },
  jobs: {
    list: call(Nothing, z.array(TrainingJob)),
    get: call(ById, TrainingJob),
    settings: call(RunRequest, TrainingSettings),
    estimate: call(RunRequest, Estimate),
    /** Measures the memory of such a run by two of its steps; estimates go by it from then on. */
    probe_memory: call(RunRequest, Nothing),
    stop_memory_probe: call(Nothing, Nothing),
    create: call(NewJob, TrainingJob),
    try_it: call(Nothing, TrainingJob),
    try_it_plan: call(Nothing, TryItPlan),
    /** Trains a few steps at a rising rate, keeps nothing, and suggests one; its points come as they are measured. */
    test_rate: call(RunRequest, LrRange),
    stop_rate_test: call(Nothing, Nothing),
    rate_point: event(LrPoint),
    pause: call(ById, TrainingJob),
    resume: call(z.strictObject({ id: Uuid, inexact: z.boolean().optional() }), TrainingJob),
    cancel: call(
      z.strictObject({ id: Uuid, save: z.boolean(), reason: z.string().max(500).nullable() }),
      TrainingJob,
    ),
    retry: call(ById, TrainingJob),
    move: call(z.strictObject({ id: Uuid, to: Count }), Nothing),
    delete: call(ById, Nothing),
    checkpoint_now: call(ById, Nothing),
    sample_now: call(z.strictObject({ id: Uuid, prompt: z.string().trim().min(1).max(4000) }), Nothing),
    metrics: call(ById, z.array(MetricsPoint)),
    events: call(Page, z.strictObject({ total: Count, events: z.array(JobEvent) })),
    samples: call(ById, z.array(JobSample)),
    evaluations: call(ById, z.array(Evaluation)),
    checkpoints: call(ById, z.array(Checkpoint)),
    attempts: call(ById, z.array(JobAttempt)),
    datasets: call(ById, z.array(KeptRunDataset)),
    logs: call(Page, z.strictObject({ total: Count, lines: z.array(LogLine) })),
    /** Of a job that has not ended. */
    expected_time: call(ById, ExpectedTime),
    /** What the run that was completed last holds on the disk, in bytes; null before there is one. */
    last_size: call(Nothing, Count.nullable()),
    changed: event(TrainingJob),
    removed: event(ById),
    saving: call(Nothing, z.array(Uuid)),
    saving_changed: event(z.array(Uuid)),
    points: event(z.strictObject({ job_id: Uuid, points: z.array(MetricsPoint) })),
    news: event(
      z.strictObject({
        job_id: Uuid,
        events: z.array(JobEvent),
        samples: z.array(JobSample),
        evaluations: z.array(Evaluation),
        checkpoints: z.array(Checkpoint),
      }),
    ),
  },
  models: MODEL_ENDPOINTS,
  system: {
    doctor: call(Nothing, z.array(DoctorCheck)),
    hardware: call(Nothing, HardwareState),
    network: call(Nothing, NetworkState),
    about: call(
      Nothing,
      z.strictObject({
        version: z.string(),
        data_dir: z.string(),
        platform: z.string(),
        /** The name of the one whose data it is. */
        profile: z.string(),
      }),
    ),
    hardware_changed: event(HardwareState),
    network_changed: event(NetworkState),
  },
  settings: {
    get: call(Nothing, Settings),
    set: call(Settings.partial(), Settings),
    changed: event(Settings),
  },
  desktop: {
    choose_files: call(FileChoice, z.array(z.string())),
    choose_folder: call(z.strictObject({ title: z.string().max(200) }), z.string().nullable()),
    choose_save_path: call(z.strictObject({ name: z.string().max(200) }), z.string().nullable()),
    save_problems: call(z.strictObject({ id: Uuid, ...ProblemFilter.shape }), z.string().nullable()),
    /** Asks where, writes the whole file or none of it, and answers its path; null where nobody chose one. */
    save_file: call(
      z.strictObject({
        name: z.string().min(1).max(200),
        content: z.string(),
        encoding: z.enum(['utf8', 'base64']),
      }),
      z.string().nullable(),
    ),
    choose_recipe: call(Nothing, z.strictObject({ file_name: FileName, recipe: Recipe }).nullable()),
    save_recipe: call(z.strictObject({ name: FileName, recipe: Recipe }), z.string().nullable()),
    show_in_folder: call(z.strictObject({ path: z.string() }), Nothing),
    show_log: call(Nothing, Nothing),
    command: event(z.enum(['import', 'new_run', 'palette', 'settings', 'shortcuts'])),
  },
} as const;
export type Contract = typeof contract;
