import type { BaseModel } from '../types/base-model';
import type { TrainingSettings } from '../types/training-settings';

const GIBIBYTE = 1024 ** 3;

type Shape = BaseModel['config'];

/** Input and output width of every linear layer of one block, by the name that PEFT targets. */
const linearLayers = (shape: Shape): Readonly<Record<string, readonly [number, number]>> =>
  shape.linear_layers ?? usualLayers(shape);

const usualLayers = (shape: Shape): Readonly<Record<string, readonly [number, number]>> => {
  const { hidden_size: d, intermediate_size: f, head_dim } = shape;
  const q = shape.num_attention_heads * head_dim;
  const kv = shape.num_key_value_heads * head_dim;
  return {
    q_proj: [d, q],
    k_proj: [d, kv],
    v_proj: [d, kv],
    o_proj: [q, d],
    gate_proj: [d, f],
    up_proj: [d, f],
    down_proj: [f, d],
  };
};

/** Parameters that LoRA adds: r × (in + out) for every targeted linear layer. */
export const trainableParameters = (shape: Shape, settings: TrainingSettings): number => {
  const layers = linearLayers(shape);
  const { target_modules, lora_rank } = settings;
  const names = target_modules === 'all-linear' ? Object.keys(layers) : target_modules;
  const aBlock = names.reduce((sum, name) => {
    const [width, height] = layers[name] ?? [0, 0];
    return sum + lora_rank * (width + height);
  }, 0);
  return aBlock * shape.num_hidden_layers;
};

export interface MemoryRequest {
  readonly model: Pick<BaseModel, 'parameters' | 'config'>;
  readonly settings: TrainingSettings;
  /** Bytes of a weight: 2 in bf16, 4 in float32. */
  readonly weight_bytes: 2 | 4;
  /** Rows that pass through the model at once. */
  readonly micro_batch: number;
  /** Real tokens of the longest row, at most `max_length`. */
  readonly longest_row: number;
}

const keptActivations = ({ model: { config }, settings, weight_bytes }: MemoryRequest): number => {
  const { hidden_size: d, intermediate_size: f, num_attention_heads: heads, head_dim } = config;
  const q = heads * head_dim;
  const kv = config.num_key_value_heads * head_dim;
  return weight_bytes * (2 * d + 2 * q + 2 * kv + 2 * f) + 4 * heads + 14 * settings.lora_rank;
};

/**
 * Peak memory of a run in bytes: weights, adapter with its optimizer, kept activations of every
 * layer, one loss chunk, × 1.04 for the allocator and 0.75 GiB for the runtime itself.
 */
export const peakMemoryBytes = (request: MemoryRequest): number => {
  const { model, settings, weight_bytes, micro_batch, longest_row } = request;
  const tokens = micro_batch * longest_row;
  const weights = model.parameters * weight_bytes;
  const adapter = trainableParameters(model.config, settings) * (4 + 2 + 4 + 8);
  const activations = keptActivations(request) * tokens * model.config.num_hidden_layers;
  const lossChunk = 6 * tokens * model.config.vocab_size;
  return Math.round((weights + adapter + activations + lossChunk) * 1.04 + 0.75 * GIBIBYTE);
};
