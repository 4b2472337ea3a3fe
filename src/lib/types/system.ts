import { z } from 'zod';
import { Count } from './primitives';

/** One check of `doctor`; `action` names what the window can do about it. */
export const DoctorCheck = z.strictObject({
  id: z.enum(['gpus', 'driver', 'runtime', 'disk', 'model']),
  ok: z.boolean(),
  /** `not_needed`: what is not there and need not be. */
  level: z.enum(['passed', 'not_needed', 'look', 'failed']),
  title: z.string(),
  message: z.string(),
  hint: z.string().nullable(),
});
export type DoctorCheck = z.infer<typeof DoctorCheck>;

export const GpuState = z.strictObject({
  uuid: z.string(),
  name: z.string(),
  driver: z.string(),
  memory_total_bytes: Count,
  memory_used_bytes: Count,
  utilization: z.number().nullable(),
  temperature: z.number().nullable(),
  power_watts: z.number().nullable(),
});
export type GpuState = z.infer<typeof GpuState>;

/** What the status bar shows: cards that training can use; `problem` says why an installed card is not among them. */
export const HardwareState = z.strictObject({
  gpus: z.array(GpuState),
  problem: z.string().nullable(),
  /** The NVIDIA driver's version, also where it is too old for its cards to be listed. */
  driver: z.string().nullable(),
  cpu_name: z.string(),
  cpu_cores: Count,
  /** Whether the processor multiplies in bf16 by itself; then a run trains in it unless asked otherwise. */
  cpu_bf16: z.boolean(),
  memory_total_bytes: Count,
  memory_free_bytes: Count,
  disk_free_bytes: Count,
  disk_total_bytes: Count,
});
export type HardwareState = z.infer<typeof HardwareState>;

/** Requests that were attempted and denied since the start, by the window and by the trainer. */
export const NetworkState = z.strictObject({
  window_requests: Count,
  trainer_requests: Count,
  last: z
    .array(z.strictObject({ time: z.string(), source: z.enum(['window', 'trainer']), target: z.string() }))
    .max(50),
});
export type NetworkState = z.infer<typeof NetworkState>;

export const Settings = z.strictObject({
  theme: z.enum(['system', 'light', 'dark']),
  currency: z.string().length(3),
  price_per_kwh: z.number().min(0),
  cost_per_gpu_hour: z.number().min(0),
  dataset_size_limit_bytes: z.int().min(1),
  model_size_limit_bytes: z.int().min(1),
  keep_training_when_closed: z.boolean(),
  model_folders: z.array(z.string()),
  /** Paths of the window's pages, the last one first: what the palette offers again. */
  recently_opened: z.array(z.string().max(200)).max(20),
});
export type Settings = z.infer<typeof Settings>;

export const DEFAULT_SETTINGS: Settings = {
  theme: 'system',
  currency: 'EUR',
  price_per_kwh: 0,
  cost_per_gpu_hour: 0,
  dataset_size_limit_bytes: 500_000_000,
  model_size_limit_bytes: 5_000_000_000,
  keep_training_when_closed: true,
  model_folders: [],
  recently_opened: [],
};

/** What a dialog asks a person to choose; a folder is always one. */
export const FileChoice = z.strictObject({ title: z.string().max(200), several: z.boolean() });

/** An error as it crosses a process: a code for programs, two sentences for people. */
export const ErrorPayload = z.strictObject({ code: z.string(), message: z.string(), hint: z.string() });
export type ErrorPayload = z.infer<typeof ErrorPayload>;
