import { AppError } from '../../src/lib/messages/app-error';
import type { JobStatus } from '../../src/lib/types/lora-training';
import { STOP_CODES, type StopKind } from './stop-signals';

export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  refused: 4,
  interrupted: 75,
  stopped: 130,
} as const;

const NOT_FOUND = new Set(['not_found', 'record_missing']);
const USAGE = new Set(['invalid_setting', 'invalid_request']);
/** What was asked for cannot be done as things stand; nothing was changed. */
const REFUSED = new Set([
  'ambiguous_name',
  'artifact_in_use',
  'database_newer',
  'does_not_fit',
  'export_target_exists',
  'export_target_refused',
  'forbidden',
  'job_active',
  'job_saving',
  'job_state',
  'job_transition_refused',
  'queue_busy',
  'records_refused',
  'refused',
  'resume_not_exact',
  'resume_refused',
  'resume_repeats',
  'resume_unchecked',
  'retry_limit',
  'storage_link_refused',
  'storage_path_refused',
  'trial_beside_run',
]);
const REFUSED_FAMILIES = ['base_model_', 'dataset_'];

/** A command that ended because it was told to; what it was doing is put right by its service. */
export class Stopped extends AppError {
  readonly kind: StopKind;

  constructor(kind: StopKind, message = 'The command was stopped.', hint = 'Start it again when you like.') {
    super({ code: 'stopped', message, hint });
    this.kind = kind;
  }
}

export const exitCodeOf = (thrown: unknown): number => {
  if (thrown instanceof Stopped) return STOP_CODES[thrown.kind];
  if (!(thrown instanceof AppError)) return EXIT.failed;
  const { code } = thrown;
  if (NOT_FOUND.has(code)) return EXIT.notFound;
  if (USAGE.has(code)) return EXIT.usage;
  const refused = REFUSED.has(code) || REFUSED_FAMILIES.some((family) => code.startsWith(family));
  return refused ? EXIT.refused : EXIT.failed;
};

const BY_STATUS: Readonly<Record<JobStatus, number>> = {
  completed: EXIT.done,
  failed: EXIT.failed,
  paused: EXIT.interrupted,
  interrupted: EXIT.interrupted,
  cancelled: EXIT.failed,
  queued: EXIT.done,
  initializing: EXIT.done,
  running: EXIT.done,
};

/** How a command ends that has followed a run to where it is now. */
export const exitCodeOfStatus = (status: JobStatus): number => BY_STATUS[status];
