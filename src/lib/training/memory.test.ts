import { describe, expect, it } from 'vitest';
import { TrainingSettings } from '../types/training-settings';
import { lengthBytes, memoryParts, memoryRatio, type MemoryRequest, peakMemoryBytes } from './memory';
import measured from './memory-measured.json';
import { trainableParameters } from './memory-layers';

const SMOLLM2 = {
  architecture: 'llama',
  parameters: 134_515_008,
  size_bytes: 269_060_552,
  config: {
    hidden_size: 576,
    intermediate_size: 1536,
    num_hidden_layers: 30,
    num_attention_heads: 9,
    num_key_value_heads: 3,
    head_dim: 64,
    vocab_size: 49_152,
    tie_word_embeddings: true,
  },
};
const LLAMA_8B = {
  hidden_size: 4096,
  intermediate_size: 14_336,
  num_hidden_layers: 32,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  head_dim: 128,
  vocab_size: 128_256,
  tie_word_embeddings: false,
};
const QWEN_7B = {
  hidden_size: 3584,
  intermediate_size: 18_944,
  num_hidden_layers: 28,
  num_attention_heads: 28,
  num_key_value_heads: 4,
  head_dim: 128,
  vocab_size: 152_064,
  tie_word_embeddings: false,
};

const settings = (changes: Partial<TrainingSettings> = {}): TrainingSettings =>
  TrainingSettings.parse({
    base_model: 'm',
    learning_rate: 2e-4,
    batch_size: 8,
    num_epochs: 1,
    lora_rank: 16,
    lora_alpha: 32,
    lora_dropout: 0,
    warmup_steps: null,
    weight_decay: 0,
    max_steps: null,
    gradient_accumulation_steps: 1,
    max_length: 512,
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
    ...changes,
  });

const GPT2 = {
  architecture: 'gpt2',
  parameters: 124_439_808,
  size_bytes: 497_774_208,
  config: {
    hidden_size: 768,
    intermediate_size: 3072,
    num_hidden_layers: 12,
    num_attention_heads: 12,
    num_key_value_heads: 12,
    head_dim: 64,
    vocab_size: 50_257,
    tie_word_embeddings: true,
    linear_layers: { c_attn: [768, 2304], c_fc: [768, 3072], c_proj: [3072, 768] },
  },
} as const;

describe('trainableParameters', () => {
  it('counts what PEFT reports for known models', () => {
    expect(trainableParameters(QWEN_7B, settings())).toBe(40_370_176);
    expect(trainableParameters(SMOLLM2.config, settings())).toBe(4_884_480);
  });

  it('counts the layers that the weights have, where they were read', () => {
    const phi = { ...SMOLLM2.config, linear_layers: { qkv_proj: [576, 960], o_proj: [576, 576] } as const };
    expect(trainableParameters(phi, settings())).toBe(16 * (576 + 960 + 576 + 576) * 30);
    expect(trainableParameters(phi, settings({ target_modules: ['qkv_proj'] }))).toBe(16 * (576 + 960) * 30);
  });

  it('counts only the targeted layers', () => {
    const q = trainableParameters(SMOLLM2.config, settings({ target_modules: ['q_proj'] }));
    expect(q).toBe(16 * (576 + 576) * 30);
  });
});

describe('peakMemoryBytes', () => {
  const request: MemoryRequest = {
    model: SMOLLM2,
    settings: settings(),
    device: 'cpu',
    weight_bytes: 4,
    plan: { micro_batch: 8, recompute_mlps: 0, recompute_layers: 0 },
    longest_row: 128,
    trained_share: 0.5,
    correction: null,
  };
  const withRows = (micro_batch: number) => ({ ...request, plan: { ...request.plan, micro_batch } });

  it('never falls when rank, length, micro-batch or trained share rise', () => {
    const base = peakMemoryBytes(request);
    expect(peakMemoryBytes({ ...request, longest_row: 256 })).toBeGreaterThan(base);
    expect(peakMemoryBytes(withRows(16))).toBeGreaterThan(base);
    expect(peakMemoryBytes({ ...request, settings: settings({ lora_rank: 64 }) })).toBeGreaterThan(base);
    expect(peakMemoryBytes({ ...request, trained_share: 1 })).toBeGreaterThan(base);
  });

  it.each(['sft', 'dpo'] as const)('never falls where rows of %s no longer attend by products', (method) => {
    const of = (longest_row: number) =>
      peakMemoryBytes({ ...withRows(1), weight_bytes: 2, settings: settings({ method }), longest_row });
    const lengths = Array.from({ length: 1100 }, (_, tokens) => tokens + 2);
    expect(lengths.filter((tokens) => of(tokens) < of(tokens - 1))).toEqual([]);
  });

  it('counts of a comparison what the tokens of one side give to each other', () => {
    const kept = (method: TrainingSettings['method']) =>
      memoryParts({ ...withRows(1), weight_bytes: 2, settings: settings({ method }), longest_row: 512 })
        .activations;
    // A block of queries holds the keys up to its own end, half of a row and half of a block on average.
    const given = (row: number) => (row + 1.5 * 128) / 2;
    expect(kept('sft') - kept('dpo')).toBe(30 * 512 * 2 * 9 * (given(512) - given(256)));
  });

  it('counts the copies of adapters that are left to PEFT also in 16 bit', () => {
    const kept = (architecture: string) =>
      memoryParts({ ...withRows(1), weight_bytes: 2, model: { ...GPT2, architecture } }).activations;
    const inputs = 768 + 768 + 3072;
    expect(kept('gpt2') - kept('olmo')).toBe(12 * 128 * ((4 - 2) * inputs + (4 - 2) * 16 * 3));
    expect(kept('falcon')).toBe(kept('gpt2'));
    expect(kept('qwen3_moe')).toBe(kept('gpt2'));
    expect(kept('qwen2')).toBe(kept('llama'));
  });

  it('never claims less than weights and runtime', () => {
    expect(peakMemoryBytes(withRows(1))).toBeGreaterThan(SMOLLM2.parameters * 4 + 0.75 * 1024 ** 3);
  });

  it.each(measured.configurations.map((row, number) => [number, row] as const))(
    'is within a tenth of what configuration %i held at most, what differing lengths leave included',
    (_number, { settings: changes, weight_bytes, peak_bytes, differing, ...row }) => {
      const resolved = settings(TrainingSettings.partial().parse(changes));
      const run: MemoryRequest = {
        ...row,
        model: { ...row.model, architecture: 'llama' },
        settings: resolved,
        device: 'cpu',
        weight_bytes: weight_bytes === 2 ? 2 : 4,
        correction: null,
      };
      const estimate = peakMemoryBytes(run);
      expect(peak_bytes / estimate).toBeGreaterThan(0.9);
      expect((peak_bytes - (differing ? lengthBytes(run) : 0)) / estimate).toBeLessThan(1.1);
    },
  );

  it('takes of a quantised base a byte a packed weight, or half a byte and its scales', () => {
    const of = (changes: Partial<TrainingSettings>) =>
      memoryParts({ ...request, device: 'cuda', weight_bytes: 2, settings: settings(changes) }).weights;
    const packed = 30 * 576 * (2 * 576 + 2 * 192 + 3 * 1536);
    const whole = 2 * (SMOLLM2.parameters - packed);
    expect(of({})).toBe(2 * SMOLLM2.parameters);
    expect(of({ quantization: 'int8' })).toBe(packed + whole);
    expect(of({ quantization: 'nf4' })).toBeCloseTo(0.516 * packed + whole);
  });

  it('leaves on a card of a base that lies elsewhere what is no linear layer, scales, and two layers in use', () => {
    const of = (base: 'kept' | 'offloaded', changes: Partial<TrainingSettings> = {}) =>
      memoryParts({
        ...request,
        device: 'cuda',
        weight_bytes: 2,
        settings: settings(changes),
        plan: { ...request.plan, base },
      });
    const linear = 30 * 576 * (2 * 576 + 2 * 192 + 3 * 1536);
    const largest = 576 * 1536;
    const cases = { none: 2, int8: 1, nf4: 0.516 } as const;
    for (const quantization of ['none', 'int8', 'nf4'] as const) {
      const [kept, away] = [of('kept', { quantization }), of('offloaded', { quantization })];
      const scales = quantization === 'nf4' ? 0.016 : 0;
      expect(kept.weights - away.weights).toBeCloseTo(linear * (cases[quantization] - scales));
      expect(away.buffers - kept.buffers).toBeCloseTo(2 * largest * cases[quantization]);
      expect({ ...away, weights: 0, buffers: 0 }).toEqual({ ...kept, weights: 0, buffers: 0 });
    }
  });

  const ALL = 2 * 576 + 2 * 192 + 3 * 1536;
  const OF_WEIGHTS = [
    { weights: 'packed', weight_bytes: 2, more: { quantization: 'nf4' }, widths: ALL },
    { weights: 'in 16 bit', weight_bytes: 2, more: {}, widths: ALL },
    {
      weights: 'of adapted layers alone',
      weight_bytes: 2,
      more: { target_modules: ['q_proj'] },
      widths: 576,
    },
    { weights: 'in float32, multiplied as they are', weight_bytes: 4, more: {}, widths: 0 },
  ] satisfies (Pick<MemoryRequest, 'weight_bytes'> & {
    weights: string;
    more: Partial<TrainingSettings>;
    widths: number;
  })[];
  it.each(OF_WEIGHTS)(
    'counts the float32 copies that DoRA keeps behind dropout of weights $weights',
    ({ weight_bytes, more, widths }) => {
      const of = (lora_dropout: number) => {
        const changes = { variant: 'dora', lora_dropout, ...more } as const;
        const { buffers, activations } = memoryParts({
          ...request,
          weight_bytes,
          settings: settings(changes),
        });
        return buffers + activations;
      };
      // Dropout also keeps which numbers it left, of every pass.
      const kept = (lora_dropout: number) => {
        const changes = { lora_dropout, ...more };
        return memoryParts({ ...request, weight_bytes, path: 'stock', settings: settings(changes) })
          .activations;
      };
      expect(of(0.1) - of(0) - (kept(0.1) - kept(0))).toBe(4 * 30 * 576 * widths);
    },
  );

  it('keeps on a card neither what norms give nor what activations do, where the trainer makes both again', () => {
    const kept = (architecture: string, changes: Partial<TrainingSettings> = {}) => {
      const model = { ...request.model, config: LLAMA_8B, architecture };
      const plan = { micro_batch: 1, recompute_layers: 0, recompute_mlps: 0 };
      const asked = { ...request, model, plan, longest_row: 1, settings: settings(changes) };
      return memoryParts({ ...asked, device: 'cuda', weight_bytes: 2 }).activations / 32;
    };
    const [d, q, kv, f] = [4096, 4096, 1024, 14_336];
    const lean = 2 * (2 * d + 2 * q + 2 * kv + 2 * f) + 4 * 32 + 4 * 2 + 14 * settings({}).lora_rank;
    expect(kept('llama')).toBe(lean);
    expect(kept('olmo')).toBe(lean + 2 * (2 * d + 2 * d + 2 * f));
    expect(kept('llama', { variant: 'dora' })).toBeGreaterThan(2 * lean);
  });

  it('takes fewer bytes of moments in eight bits', () => {
    const adapter = (optimizer: TrainingSettings['optimizer']) =>
      memoryParts({ ...request, settings: settings({ optimizer }) }).adapter;
    expect(adapter('adamw_8bit') / adapter('adamw')).toBeCloseTo(10 / 16, 2);
  });

  it('is what a past run held, once that run has corrected it', () => {
    const held = 1.3 * peakMemoryBytes(request);
    const correction = memoryRatio(request, held);
    expect(peakMemoryBytes({ ...request, correction })).toBeCloseTo(held, -3);
  });
});
