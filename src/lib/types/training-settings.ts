import { z } from 'zod';
import './primitives';

/** The field's names for what E01 leaves open; every one may be given with `--set`. */
export const LrScheduler = z.enum(['cosine', 'linear', 'constant', 'wsd']);
export const Precision = z.enum(['auto', 'bf16', 'fp32']);
export const LossScope = z.enum(['auto', 'final', 'all']);
/** `auto`: on where it is faster, that is on a card. Packing never changes which records a step takes. */
export const Packing = z.enum(['auto', 'on', 'off']);
export const Variant = z.enum(['lora', 'rslora', 'dora', 'pissa', 'lora_plus']);
/** `auto`: records that repeat another's whole history are trained in one pass with it, and share its step. */
export const Collapse = z.enum(['auto', 'off']);
/** `auto`: what is held out is spread over persona, arc and topic, where records have them. */
export const Stratify = z.enum(['auto', 'off']);
export const OptimizerName = z.enum(['adamw', 'adamw_8bit', 'adafactor']);
/** Of the base model's linear layers, when it is loaded; the files stay as they are. */
export const Quantization = z.enum(['none', 'int8', 'nf4']);
export type Quantization = z.infer<typeof Quantization>;
export const TrainingMethod = z.enum(['sft', 'text', 'dpo', 'orpo', 'kto']);

/** Of training alone, over all attempts; `null`: no budget. */
const MaxHours = z.number().gt(0).max(10_000).nullable();
/** A little over a minute: in less, no run gets past its first look at what is held out. */
const LEAST_HOURS = 0.02;
/** How many train together, a card each; as many as the trainer takes. */
const Processes = z.int().min(1).max(64);
const MaxEnergy = z.number().gt(0).max(100_000).nullable();

/** `all-linear`, or the names of linear layers (`q_proj`, `v_proj` …). */
export const TargetModules = z.union([
  z.literal('all-linear'),
  z
    .array(z.string().regex(/^[A-Za-z0-9_]{1,64}$/))
    .min(1)
    .max(32),
]);

/**
 * E01's nine hyperparameters. `base_model` is the label of the chosen base model: the model on disk
 * is identified by `base_model_id` and its fingerprint.
 */
export const HyperparameterConfig = z.strictObject({
  base_model: z.string().min(1).max(300),
  learning_rate: z.number().min(1e-6).max(1e-2),
  batch_size: z.int().min(1).max(64),
  num_epochs: z.int().min(1).max(20),
  lora_rank: z.int().min(1).max(256),
  lora_alpha: z.number().min(1).max(1024),
  lora_dropout: z.number().min(0).max(0.5),
  warmup_steps: z.int().min(0).optional(),
  weight_decay: z.number().min(0).max(1).optional(),
});
export type HyperparameterConfig = z.infer<typeof HyperparameterConfig>;

/** Settings beyond E01, with the defaults of the data model. `null` means: chosen by rule. */
export const AdvancedSettings = z.strictObject({
  max_steps: z.int().min(1).max(1_000_000).nullable(),
  gradient_accumulation_steps: z.int().min(1).max(256),
  max_length: z.int().min(16).max(131_072),
  lr_scheduler: LrScheduler,
  warmup_ratio: z.number().min(0).max(0.5),
  max_grad_norm: z.number().min(0).max(100),
  seed: z.int().min(0).max(2_147_483_647),
  validation_share: z.number().min(0).max(0.5),
  eval_steps: z.int().min(1).nullable(),
  save_steps: z.int().min(1).nullable(),
  save_total_limit: z.int().min(1).max(100),
  early_stopping_patience: z.int().min(1).nullable(),
  early_stopping_min_delta: z.number().min(0),
  target_modules: TargetModules,
  method: TrainingMethod,
  loss_scope: LossScope,
  precision: Precision,
  packing: Packing,
  variant: Variant,
  optimizer: OptimizerName,
  beta: z.number().gt(0).max(10),
  max_hours: MaxHours,
  max_energy_kwh: MaxEnergy,
  collapse: Collapse,
  quantization: Quantization,
  stratify: Stratify,
  processes: Processes,
});
export type AdvancedSettings = z.infer<typeof AdvancedSettings>;

const resolved = {
  ...HyperparameterConfig.shape,
  ...AdvancedSettings.shape,
  weight_decay: z.number().min(0).max(1),
  warmup_steps: z.int().min(0).nullable(),
};

/**
 * What a job stores in `hyperparameters` and in `job.json`: every default resolved. A setting that came
 * after the first release has a default here, and the trainer reads it from the schema: older jobs lack it.
 */
export const TrainingSettings = z.strictObject({
  ...resolved,
  packing: Packing.default('auto'),
  variant: Variant.default('lora'),
  optimizer: OptimizerName.default('adamw'),
  beta: z.number().gt(0).max(10).default(0.1),
  max_hours: MaxHours.default(null),
  max_energy_kwh: MaxEnergy.default(null),
  collapse: Collapse.default('off'),
  quantization: Quantization.default('none'),
  stratify: Stratify.default('auto'),
  processes: Processes.default(1),
});
export type TrainingSettings = z.infer<typeof TrainingSettings>;

/** What a person changes on top of a preset; every key optional, unknown keys refused. */
export const SettingChanges = z
  .strictObject({ ...resolved, max_hours: MaxHours.unwrap().min(LEAST_HOURS).nullable() })
  .omit({ base_model: true })
  .partial();
export type SettingChanges = z.infer<typeof SettingChanges>;
