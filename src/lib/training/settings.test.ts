import { describe, expect, it } from 'vitest';
import { AppError } from '../messages/app-error';
import { parseSetOptions, refuseLongWarmup, resolveSettings } from './settings';
import { TrainingSettings } from '../types/training-settings';

const request = {
  preset_id: 'balanced',
  changes: {},
  base_model_name: 'tiny',
  device: 'cpu',
  model_max_length: 8192,
} as const;

const refusal = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid_setting') return error.message;
    throw error;
  }
  return 'accepted';
};

describe('resolveSettings', () => {
  it('fills every default', () => {
    expect(resolveSettings(request)).toMatchObject({
      base_model: 'tiny',
      batch_size: 8,
      num_epochs: 5,
      lora_rank: 16,
      max_length: 512,
      warmup_ratio: 0.03,
      warmup_steps: null,
      weight_decay: 0,
      seed: 42,
      validation_share: 0.1,
      save_total_limit: 3,
      early_stopping_patience: null,
      target_modules: 'all-linear',
      precision: 'auto',
    });
    expect(resolveSettings({ ...request, device: 'cuda' }).max_length).toBe(2048);
    expect(resolveSettings({ ...request, device: 'cuda', model_max_length: 1024 }).max_length).toBe(1024);
  });

  it('refuses layers that the base model does not have, where it is known which it has', () => {
    const layered = { ...request, linear_layers: ['q_proj', 'down_proj'] };
    const taking = (...target_modules: string[]) => ({ ...layered, changes: { target_modules } });
    expect(refusal(() => resolveSettings(taking('q_proj', 'foo')))).toContain('no linear layer named foo');
    expect(resolveSettings(taking('down_proj')).target_modules).toEqual(['down_proj']);
    expect(refusal(() => resolveSettings({ ...taking('foo'), linear_layers: undefined }))).toBe('accepted');
  });

  it('refuses to quantise GPT-2, whose layers the trainer cannot pack', () => {
    const packed = { ...request, changes: { quantization: 'nf4' } } as const;
    expect(refusal(() => resolveSettings({ ...packed, architecture: 'gpt2' }))).toContain(
      'quantization is nf4',
    );
    expect(refusal(() => resolveSettings({ ...packed, architecture: 'llama' }))).toBe('accepted');
    expect(refusal(() => resolveSettings({ ...request, architecture: 'gpt2' }))).toBe('accepted');
  });

  it('puts changes over the preset', () => {
    expect(resolveSettings({ ...request, changes: { lora_rank: 4, seed: 7 } })).toMatchObject({
      lora_rank: 4,
      seed: 7,
    });
  });

  it.each([
    [{ max_length: 9000 }, /reads at most 8192/],
    [{ early_stopping_patience: 2, validation_share: 0 }, /needs held-out records/],
    [{ early_stopping_min_delta: 0.1 }, /no effect without early_stopping_patience/],
    [{ eval_steps: 5, validation_share: 0 }, /no effect where validation_share is 0/],
    [{ stratify: 'off', validation_share: 0 } as const, /stratify has no effect where validation_share is 0/],
    [{ max_steps: 5, num_epochs: 2 }, /num_epochs has no effect/],
    [{ warmup_steps: 5, warmup_ratio: 0.1 }, /warmup_ratio has no effect/],
    [{ lora_rank: 0 }, /^lora_rank is 0; it may be a whole number from 1 to 256\.$/],
    [{ collapse: 'off', method: 'text' } as const, /collapse has no effect/],
    [{ max_hours: 0 }, /max_hours/],
    [{ warmup_steps: 999_999_999, max_steps: 4 }, /warmup_steps is 999999999, but the run has 4 steps/],
    [{ warmup_steps: 4, max_steps: 4 }, /warmup_steps is 4, but the run has 4 steps/],
    [{ processes: 65 }, /^processes is 65; it may be a whole number/],
    [{ max_energy_kwh: 2 }, /needs a graphics card that reports its power/],
  ])('refuses %j', (changes, reason) => {
    expect(refusal(() => resolveSettings({ ...request, changes }))).toMatch(reason);
  });
});

describe('several processes', () => {
  const several = (processes: number, cards: number, more = {}) =>
    refusal(() => resolveSettings({ ...request, device: 'cuda', cards, changes: { processes, ...more } }));

  it('are one where nothing is said, in older jobs too', () => {
    const { processes, ...older } = resolveSettings(request);
    expect(processes).toBe(1);
    expect(TrainingSettings.parse(older).processes).toBe(1);
  });

  it('need a card each', () => {
    expect(several(2, 2)).toBe('accepted');
    expect(several(3, 2)).toBe(
      'processes is 3, but each needs a card of its own, and this machine has 2 that training can use.',
    );
    expect(several(2, 1)).toContain('this machine has 1 that');
  });

  it('share a processor where there is no card', () => {
    expect(refusal(() => resolveSettings({ ...request, cards: 0, changes: { processes: 2 } }))).toBe(
      'accepted',
    );
  });

  it('keep no budget of energy', () => {
    expect(several(2, 2, { max_energy_kwh: 1 })).toContain('the power of one card is measured');
    expect(several(1, 2, { max_energy_kwh: 1 })).toBe('accepted');
  });
});

describe('refuseLongWarmup', () => {
  it.each([
    [null, 1],
    [0, 1],
    [3, 4],
  ])('takes %s of %s', (warmup_steps, total) => {
    expect(() => refuseLongWarmup({ warmup_steps }, total)).not.toThrow();
  });

  it('refuses one that ends with the run', () => {
    expect(refusal(() => refuseLongWarmup({ warmup_steps: 4 }, 4))).toMatch(
      /so its learning rate would never/,
    );
  });
});

describe('parseSetOptions', () => {
  it('reads numbers, words, lists and none', () => {
    expect(
      parseSetOptions([
        'learning_rate=3e-4',
        'max_steps=20',
        'lr_scheduler=linear',
        'target_modules=q_proj, v_proj',
        'eval_steps=none',
        'quantization=none',
        'optimizer=adamw_8bit',
        'stratify=off',
      ]),
    ).toEqual({
      learning_rate: 0.0003,
      max_steps: 20,
      lr_scheduler: 'linear',
      target_modules: ['q_proj', 'v_proj'],
      eval_steps: null,
      quantization: 'none',
      optimizer: 'adamw_8bit',
      stratify: 'off',
    });
  });

  it.each([
    ['packing=true', /^packing is true; it may be auto, on or off\.$/],
    ['quantization=fp4', /^quantization is fp4; it may be none, int8 or nf4\.$/],
    ['stratify=persona', /^stratify is persona; it may be auto or off\.$/],
    ['variant=ia3', /variant is ia3; it may be lora, /],
    ['optimizer=sgd', /optimizer is sgd; it may be adamw, adamw_8bit or adafactor/],
    ['method=ppo', /method is ppo/],
    ['beta=0', /beta is 0; it may be above 0 to 10/],
    ['max_hours=1e-300', /^max_hours is 1e-300; it may be 0\.02 to 10000, or none\.$/],
    ['lr_scheduler=step', /lr_scheduler is step/],
    ['lr=1', /"lr" is not a setting/],
    ['base_model=x', /"base_model" is not a setting/],
    ['batch_size', /name=value/],
    ['batch_size=many', /batch_size is many; it may be a whole number from 1 to 64/],
    ['batch_size=0', /batch_size is 0;/],
    ['learning_rate=50', /^learning_rate is 50; it may be 0\.000001 to 0\.01\.$/],
    ['learning_rate=', /learning_rate is empty;/],
  ])('refuses %s', (option, reason) => {
    expect(refusal(() => parseSetOptions([option]))).toMatch(reason);
  });

  it('asks whether a known name was meant', () => {
    const hint = (option: string): unknown => {
      try {
        return parseSetOptions([option]);
      } catch (error) {
        return error instanceof AppError ? error.hint : error;
      }
    };
    expect(hint('max_step=5')).toMatch(/^Did you mean max_steps\? `pipeline train --help`/);
    expect(hint('nonsense=5')).toMatch(/^`pipeline train --help`/);
  });
});
