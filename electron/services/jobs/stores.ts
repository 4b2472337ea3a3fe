import type { Checkpoint, Evaluation, JobAttempt, JobEvent, JobSample, LogLine, MetricsPoint } from '../../../src/lib/types/job-records';
import type { JobStatus, TrainingJob } from '../../../src/lib/types/lora-training';
import type { ArtifactExport, ModelArtifact } from '../../../src/lib/types/model-artifact';
import type { ProcessIdentity } from '../trainer/process-identity';

/** What the services of a run need of the database; every store is bound to one user. */
export type JobChanges = Partial<
  Pick<
    TrainingJob,
    | 'current_stage' | 'progress' | 'current_epoch' | 'total_epochs' | 'current_step' | 'total_steps'
    | 'current_metrics' | 'queued_at' | 'started_at' | 'completed_at' | 'estimated_completion_at' | 'current_cost'
    | 'final_cost' | 'error_code' | 'error_message' | 'error_hint' | 'error_stack' | 'artifact_id' | 'position'
    | 'attempt' | 'last_seq'
  >
> & { readonly cancel_reason?: string | null };

export type NewJobRow = Pick<
  TrainingJob,
  | 'id' | 'name' | 'dataset_id' | 'base_model_id' | 'preset_id' | 'method' | 'hyperparameters' | 'gpu_config'
  | 'total_epochs' | 'total_steps' | 'queued_at' | 'estimated_total_cost' | 'retry_of' | 'retry_count'
> & { readonly dataset_version_id: string; readonly base_model_fingerprint: string };

export interface Transition {
  readonly id: string;
  readonly from: JobStatus;
  readonly to: JobStatus;
  readonly changes: JobChanges;
}

export interface JobStore {
  list(): Promise<TrainingJob[]>;
  get(id: string): Promise<TrainingJob | null>;
  /** Puts the job at the end of the queue. */
  create(row: NewJobRow): Promise<TrainingJob>;
  update(id: string, changes: JobChanges): Promise<TrainingJob>;
  /** Compare and set: `null` where the job was no longer in `from`. */
  transition(transition: Transition): Promise<TrainingJob | null>;
  /** Moves a queued job to a place of the queue, counted from 0; answers those that moved. */
  move(id: string, to: number): Promise<TrainingJob[]>;
  /** Deletes the job and its artifacts in one transaction, artifacts first. */
  remove(id: string): Promise<void>;
}

export interface RunBatch {
  readonly job_id: string;
  readonly attempt: number;
  readonly last_seq: number;
  readonly points: readonly MetricsPoint[];
  readonly events: readonly JobEvent[];
  readonly samples: readonly JobSample[];
  readonly evaluations: readonly (Evaluation & { readonly attempt: number })[];
  readonly checkpoints: readonly (Checkpoint & { readonly attempt: number })[];
  readonly pruned: readonly string[];
  readonly changes: JobChanges;
}

export interface PageOf {
  readonly id: string;
  readonly offset: number;
  readonly limit: number;
}

export interface RunStore {
  /** Everything of a batch, with the job's own columns, in one transaction. */
  appendBatch(batch: RunBatch): Promise<TrainingJob>;
  points(jobId: string): Promise<MetricsPoint[]>;
  events(page: PageOf): Promise<{ total: number; events: JobEvent[] }>;
  samples(jobId: string): Promise<JobSample[]>;
  evaluations(jobId: string): Promise<Evaluation[]>;
  checkpoints(jobId: string): Promise<Checkpoint[]>;
  attempts(jobId: string): Promise<JobAttempt[]>;
  startAttempt(jobId: string, number: number, startedAt: string): Promise<void>;
  updateAttempt(jobId: string, number: number, changes: Partial<Omit<JobAttempt, 'number'>>): Promise<void>;
  addLogs(jobId: string, lines: readonly Omit<LogLine, 'number'>[]): Promise<void>;
  logs(page: PageOf): Promise<{ total: number; lines: LogLine[] }>;
}

export type OwnerKind = 'app' | 'cli';

export interface JobRequest {
  readonly id: number;
  readonly job_id: string | null;
  readonly command: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface QueueStore {
  owner(): Promise<ProcessIdentity | null>;
  /** Compare and set: takes the lease only where its owner is still `expected`. */
  claim(claim: {
    readonly by: ProcessIdentity;
    readonly kind: OwnerKind;
    readonly expected: ProcessIdentity | null;
  }): Promise<boolean>;
  release(by: ProcessIdentity): Promise<void>;
  request(request: Omit<JobRequest, 'id'>): Promise<void>;
  /** Waiting requests, oldest first; each is given out once. */
  takeRequests(): Promise<JobRequest[]>;
}

export type NewArtifact = Omit<
  ModelArtifact,
  'user_id' | 'revision' | 'created_at' | 'updated_at' | 'deleted_at' | 'deployed_at' | 'notes' | 'tags' | 'verdict'
>;

export interface ArtifactStore {
  list(): Promise<ModelArtifact[]>;
  get(id: string): Promise<ModelArtifact | null>;
  /** Artifact row and the end of its job in one transaction; `null`, and no artifact, where the job had left `from`. */
  finish(artifact: NewArtifact, transition: Transition): Promise<{ artifact: ModelArtifact; job: TrainingJob } | null>;
  update(
    id: string,
    changes: Partial<Pick<ModelArtifact, 'name' | 'verified_at' | 'deleted_at'>>,
  ): Promise<ModelArtifact>;
  exports(artifactId: string): Promise<ArtifactExport[]>;
  addExport(entry: Omit<ArtifactExport, 'revision'>): Promise<ArtifactExport>;
  updateExport(
    id: string,
    changes: Partial<Pick<ArtifactExport, 'status' | 'path' | 'files' | 'verification' | 'error_message'>>,
  ): Promise<ArtifactExport>;
}
