import type { Publisher } from '../../src/lib/contract/derived';
import type { AsyncRepositories } from '../db/async-repositories';
import type { BaseModelService } from '../services/base-models/base-model-service';
import type { DatasetNumbers } from '../services/datasets/dataset-numbers';
import type { DatasetPreviews } from '../services/datasets/dataset-previews';
import type { DatasetService } from '../services/datasets/dataset-service';
import type { EstimateService } from '../services/estimate/estimate-service';
import type { HardwareService } from '../services/hardware/hardware-service';
import type { JobService } from '../services/jobs/job-service';
import type { QueueRunner } from '../services/jobs/queue-runner';
import type { ArtifactService } from '../services/models/artifact-service';
import type { Doctor } from '../services/runtime/doctor';
import type { SettingsService } from '../services/settings/settings-service';
import type { ServeProcess } from '../services/trainer/serve-process';
import type { StopKind } from './stop-signals';

/** A standard stream, or what a test collects. */
export interface TextSink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** The services that commands use: those of the window. */
export interface CliServices {
  readonly datasets: DatasetService;
  readonly numbers: Pick<DatasetNumbers, 'stats' | 'survey' | 'split' | 'mixtureLeaks'>;
  readonly baseModels: BaseModelService;
  readonly jobs: JobService;
  readonly runner: Pick<QueueRunner, 'settle' | 'startNoMore'>;
  readonly previews: DatasetPreviews;
  readonly models: ArtifactService;
  readonly hardware: Pick<HardwareService, 'current'>;
  readonly settings: SettingsService;
  readonly doctor: Doctor;
  readonly estimates: EstimateService;
  readonly repositories: AsyncRepositories;
  readonly serve: Pick<ServeProcess, 'request'>;
}

/** `start` takes the queue and works it; a command that only looks never calls it. */
export interface CliApp {
  readonly services: CliServices;
  start(): Promise<unknown>;
  stop(): Promise<void>;
}

/** Everything of the process that a command touches. */
export interface CliIo {
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly env: NodeJS.ProcessEnv;
  readonly resourcesDir: string;
  openApp(options: { readonly dataDir: string; readonly publisher: Publisher }): Promise<CliApp>;
  /** Calls back when the process is told to stop, unless a later listener takes it; returns the disposer. */
  onStop(listener: (kind: StopKind) => void): () => void;
}
