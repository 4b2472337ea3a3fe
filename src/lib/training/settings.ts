import { AppError } from '../messages/app-error';
import { brief } from '../messages/brief';
import { comparesAnswers } from './methods';
import { nearestName } from './nearest-name';
import { SETTING_NAMES, settingRange } from './setting-ranges';
import type { SettingName } from './setting-ranges';
import type { BaseModel } from '../types/base-model';
import { HYPERPARAMETER_PRESETS, type PresetId } from '../types/lora-training';
import type { SplitChoice } from '../types/dataset-split';
import { AdvancedSettings, SettingChanges, TrainingSettings } from '../types/training-settings';

export interface SettingsRequest {
  readonly preset_id: PresetId;
  readonly changes: SettingChanges;
  readonly base_model_name: string;
  readonly device: 'cpu' | 'cuda';
  /** That training can use; absent where it is not known. */
  readonly cards?: number | undefined;
  /** What the base model can take; `null` where its configuration does not say. */
  readonly model_max_length: number | null;
  /** The names that `target_modules` may have; absent where they are not known. */
  readonly linear_layers?: readonly string[] | undefined;
  /** Its family, where it is known. */
  readonly architecture?: string | undefined;
}

/** What a base model sets. */
export const limitsOf = ({
  name,
  architecture,
  max_position_embeddings,
  config: { linear_layers },
}: Pick<BaseModel, 'name' | 'architecture' | 'max_position_embeddings' | 'config'>) => ({
  base_model_name: name,
  architecture,
  model_max_length: max_position_embeddings,
  linear_layers: linear_layers && Object.keys(linear_layers),
});

const MAX_LENGTH = { cpu: 512, cuda: 2048 } as const;

const DEFAULTS: Omit<AdvancedSettings, 'max_length'> = {
  max_steps: null,
  gradient_accumulation_steps: 1,
  lr_scheduler: 'cosine',
  warmup_ratio: 0.03,
  max_grad_norm: 1,
  seed: 42,
  validation_share: 0.1,
  eval_steps: null,
  save_steps: null,
  save_total_limit: 3,
  early_stopping_patience: null,
  early_stopping_min_delta: 0,
  target_modules: 'all-linear',
  method: 'sft',
  loss_scope: 'auto',
  precision: 'auto',
  packing: 'auto',
  variant: 'lora',
  optimizer: 'adamw',
  beta: 0.1,
  max_hours: null,
  max_energy_kwh: null,
  collapse: 'off',
  quantization: 'none',
  stratify: 'auto',
  processes: 1,
};

const USUAL = { ...DEFAULTS, weight_decay: 0, warmup_steps: null };

/** How a run with these settings splits its records. */
export const splitOf = ({
  seed,
  validation_share: share,
  stratify,
}: Pick<AdvancedSettings, 'seed' | 'validation_share' | 'stratify'>): SplitChoice => ({
  seed,
  share,
  stratify,
});

/** What a new run holds out where nothing is changed. */
export const USUAL_SPLIT: SplitChoice = splitOf(DEFAULTS);

const HINT = '`pipeline train --help` on the command line lists the names and their ranges.';

export const invalidSetting = (message: string, hint = HINT): AppError =>
  new AppError({ code: 'invalid_setting', message, hint });

/** A processor's power is not measured, so no budget of energy could end its run. */
const checkEnergy = ({ changes, device }: SettingsRequest): void => {
  if (typeof changes.max_energy_kwh !== 'number' || device === 'cuda') return;
  throw invalidSetting(
    'max_energy_kwh needs a graphics card that reports its power, and this machine trains on its processor.',
    'Take it away, or give max_hours.',
  );
};

type Ineffective = (settings: TrainingSettings, changes: SettingChanges) => boolean;

/** Each process has a card of its own; on a processor they share it, which tests do. */
const checkProcesses = ({
  changes: { processes = 1, max_energy_kwh },
  device,
  cards,
}: SettingsRequest): void => {
  if (processes === 1 || device === 'cpu') return;
  if (cards !== undefined && processes > cards)
    throw invalidSetting(
      `processes is ${processes}, but each needs a card of its own, and this machine has ${cards} that training can use.`,
      cards > 1 ? `Give ${cards} or less.` : 'Leave it at 1.',
    );
  if (typeof max_energy_kwh === 'number')
    throw invalidSetting(
      `max_energy_kwh cannot be kept by ${processes} processes: the power of one card is measured.`,
      'Take one of the two away, or give max_hours.',
    );
};

/** Combinations that cannot work or would silently do nothing. */
const INEFFECTIVE: readonly (readonly [string, Ineffective])[] = [
  [
    'early_stopping_patience needs held-out records, and validation_share is 0',
    (settings) => settings.early_stopping_patience !== null && settings.validation_share === 0,
  ],
  [
    'early_stopping_min_delta has no effect without early_stopping_patience',
    (settings, changes) =>
      changes.early_stopping_min_delta !== undefined && settings.early_stopping_patience === null,
  ],
  [
    'eval_steps has no effect where validation_share is 0',
    (settings, changes) => typeof changes.eval_steps === 'number' && settings.validation_share === 0,
  ],
  [
    'stratify has no effect where validation_share is 0',
    (settings, changes) => changes.stratify === 'off' && settings.validation_share === 0,
  ],
  [
    'num_epochs has no effect where max_steps is given',
    (settings, changes) => changes.num_epochs !== undefined && settings.max_steps !== null,
  ],
  [
    'warmup_ratio has no effect where warmup_steps is given',
    (settings, changes) => changes.warmup_ratio !== undefined && settings.warmup_steps !== null,
  ],
  [
    'beta has no effect on a method that compares no answers',
    (settings, changes) => changes.beta !== undefined && !comparesAnswers(settings.method),
  ],
  [
    'loss_scope has no effect here: this method trains on all that its records mark',
    (settings, changes) => changes.loss_scope !== undefined && settings.method !== 'sft',
  ],
  [
    'collapse has no effect here: only conversations repeat their history',
    (settings, changes) => changes.collapse !== undefined && settings.method !== 'sft',
  ],
];

const ineffective = (settings: TrainingSettings, changes: SettingChanges): string | null =>
  INEFFECTIVE.find(([, applies]) => applies(settings, changes))?.[0] ?? null;

const given = (changes: SettingChanges): Record<string, unknown> => {
  const entries: [string, unknown][] = Object.entries(changes);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
};

const checkedLength = ({ changes, device, model_max_length }: SettingsRequest): number => {
  const limit = model_max_length ?? Number.POSITIVE_INFINITY;
  const asked = changes.max_length;
  if (asked !== undefined && asked > limit)
    throw invalidSetting(
      `max_length is ${asked}, but the base model reads at most ${limit} tokens`,
      `Give ${limit} or less.`,
    );
  return asked ?? Math.min(MAX_LENGTH[device], limit);
};

const checkTargets = ({ changes, linear_layers }: SettingsRequest): void => {
  const { target_modules } = changes;
  if (linear_layers === undefined || !Array.isArray(target_modules)) return;
  const unknown = target_modules.filter((name) => !linear_layers.includes(name));
  if (unknown.length === 0) return;
  throw invalidSetting(
    `target_modules: the base model has no linear layer named ${unknown.join(', ')}`,
    `Choose from ${[...linear_layers].sort().join(', ')}, or all-linear.`,
  );
};

const checkQuantization = ({ changes: { quantization = 'none' }, architecture }: SettingsRequest): void => {
  if (quantization === 'none' || architecture !== 'gpt2') return;
  throw invalidSetting(
    `quantization is ${quantization}, but GPT-2's linear layers are of a kind that is not quantised`,
    'Leave it at none: models of this family are small.',
  );
};

/** Throws `invalid_setting` for a warm-up that is not shorter than the run; called wherever its steps become known. */
export const refuseLongWarmup = (
  { warmup_steps }: Pick<TrainingSettings, 'warmup_steps'>,
  total_steps: number,
): void => {
  if (warmup_steps === null || warmup_steps < total_steps) return;
  throw invalidSetting(
    `warmup_steps is ${warmup_steps}, but the run has ${total_steps} steps, so its learning rate would never be used in full.`,
    total_steps > 1 ? `Give ${total_steps - 1} or less.` : 'Give 0, or a longer run.',
  );
};

/** Every default resolved. Throws `invalid_setting` for values that cannot work or would do nothing. */
export const resolveSettings = (request: SettingsRequest): TrainingSettings => {
  const { changes, preset_id, base_model_name } = request;
  checkTargets(request);
  checkQuantization(request);
  checkEnergy(request);
  checkProcesses(request);
  const wanted = {
    ...USUAL,
    ...HYPERPARAMETER_PRESETS[preset_id],
    ...given(changes),
    base_model: base_model_name,
    max_length: checkedLength(request),
  };
  const resolved = TrainingSettings.safeParse(wanted);
  if (!resolved.success) throw fault(resolved.error.issues[0], wanted);
  if (resolved.data.max_steps !== null) refuseLongWarmup(resolved.data, resolved.data.max_steps);
  const reason = ineffective(resolved.data, changes);
  if (reason !== null) throw invalidSetting(`${reason}.`, 'Take one of the two away.');
  return resolved.data;
};

const isSettingName = (name: string): name is SettingName => Object.hasOwn(SettingChanges.shape, name);

const outOfRange = (name: SettingName, shown: string): AppError =>
  invalidSetting(`${name} is ${shown === '' ? 'empty' : brief(shown)}; it may be ${settingRange(name)}.`);

const fault = (
  issue: { path: PropertyKey[]; message: string } | undefined,
  wanted: Readonly<Record<string, unknown>>,
): AppError => {
  const name = String(issue?.path[0] ?? 'settings');
  if (isSettingName(name)) return outOfRange(name, String(wanted[name]));
  return invalidSetting(`${name}: ${issue?.message ?? 'not valid'}.`);
};

const unknownSetting = (name: string): AppError => {
  const nearest = nearestName(name, SETTING_NAMES);
  const question = nearest === null ? '' : `Did you mean ${nearest}? `;
  return invalidSetting(`"${brief(name)}" is not a setting.`, `${question}${HINT}`);
};

const LISTS = new Set(['target_modules']);

const typed = (name: SettingName, text: string): unknown => {
  // Where it is a word of the setting's own, none is that.
  if (SettingChanges.shape[name].safeParse(text).success) return text;
  if (text === 'none' || text === 'null') return null;
  if (LISTS.has(name) && text !== 'all-linear') return text.split(',').map((part) => part.trim());
  return /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
};

const parseOption = (option: string): readonly [string, unknown] => {
  const cut = option.indexOf('=');
  if (cut < 1) throw invalidSetting(`"${brief(option)}" is not of the form name=value.`);
  const name = option.slice(0, cut).trim();
  const text = option.slice(cut + 1).trim();
  if (!isSettingName(name)) throw unknownSetting(name);
  const parsed = SettingChanges.shape[name].safeParse(typed(name, text));
  if (!parsed.success) throw outOfRange(name, text);
  return [name, parsed.data];
};

/** `--set k=v` options of the command line; a later one of the same name wins. */
export const parseSetOptions = (options: readonly string[]): SettingChanges =>
  SettingChanges.parse(Object.fromEntries(options.map(parseOption)));

const usualWords = (name: SettingName, preset: PresetId): string => {
  if (name === 'max_length') return `${MAX_LENGTH.cpu}, on a card ${MAX_LENGTH.cuda}`;
  const usual: Readonly<Record<string, string | number | readonly string[] | null | undefined>> = {
    ...USUAL,
    ...HYPERPARAMETER_PRESETS[preset],
  };
  return String(usual[name] ?? 'none');
};

/** Every setting with the values that it may have and the one that it has where nothing is said. */
export const settingTable = (preset: PresetId) =>
  SETTING_NAMES.map((name) => ({ name, range: settingRange(name), usual: usualWords(name, preset) }));
