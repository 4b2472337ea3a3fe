import type { BaseModel } from '../types/base-model';
import type { AdapterPath } from '../types/trainer-events';
import type { TrainingSettings } from '../types/training-settings';

type Shape = BaseModel['config'];

const usualLayers = (shape: Shape): Readonly<Record<string, readonly [number, number]>> => {
  const { hidden_size: d, intermediate_size: f } = shape;
  const { q, kv } = attentionWidths(shape);
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

const attentionWidths = ({ num_attention_heads, num_key_value_heads, head_dim }: Shape) => ({
  q: num_attention_heads * head_dim,
  kv: num_key_value_heads * head_dim,
});

/** A linear layer that gets an adapter; layers of one `source` read the same tensor. */
interface AdaptedLayer {
  readonly source: 'attention' | 'heads' | 'mlp' | 'activation';
  readonly input: number;
  readonly output: number;
}

const SOURCES: Readonly<Record<string, AdaptedLayer['source']>> = {
  o_proj: 'heads',
  dense: 'heads',
  gate_proj: 'mlp',
  up_proj: 'mlp',
  gate_up_proj: 'mlp',
  fc1: 'mlp',
  c_fc: 'mlp',
  down_proj: 'activation',
  fc2: 'activation',
  c_proj: 'activation',
};

/** The linear layers of one block that are adapted, with their widths. */
export const adaptedLayers = (
  shape: Shape,
  { target_modules }: TrainingSettings,
): readonly AdaptedLayer[] => {
  const layers = shape.linear_layers ?? usualLayers(shape);
  const names = target_modules === 'all-linear' ? Object.keys(layers) : target_modules;
  return names.flatMap((name) => {
    const widths = layers[name];
    return widths ? [{ source: SOURCES[name] ?? 'attention', input: widths[0], output: widths[1] }] : [];
  });
};

/** The linear layers of all blocks, adapted or not: their weights, and those of the largest. */
export const frozenLayers = (shape: Shape): { readonly parameters: number; readonly largest: number } => {
  const sizes = Object.values(shape.linear_layers ?? usualLayers(shape)).map(
    ([input, output]) => input * output,
  );
  const aBlock = sizes.reduce((sum, size) => sum + size, 0);
  return { parameters: aBlock * shape.num_hidden_layers, largest: Math.max(0, ...sizes) };
};

/** Parameters that LoRA adds: r × (in + out) for every targeted linear layer, and DoRA's magnitudes. */
export const trainableParameters = (shape: Shape, settings: TrainingSettings): number => {
  const magnitudes = settings.variant === 'dora' ? 1 : 0;
  const aBlock = adaptedLayers(shape, settings).reduce(
    (sum, { input, output }) => sum + settings.lora_rank * (input + output) + magnitudes * output,
    0,
  );
  return aBlock * shape.num_hidden_layers;
};

interface Keeping {
  readonly settings: TrainingSettings;
  readonly weight_bytes: 2 | 4;
  readonly path: AdapterPath;
  /** What norms and activations give is made again, of what is kept anyway. */
  readonly lean: boolean;
}

const sumOf = (layers: readonly AdaptedLayer[], bytes: (layer: AdaptedLayer) => number): number =>
  layers.reduce((sum, layer) => sum + bytes(layer), 0);

/** One tensor for all that read it; the attention's output is kept anyway. */
const sharedInputBytes = (layers: readonly AdaptedLayer[], weightBytes: number): number => {
  const widths = new Map(layers.map(({ source, input }) => [source, input]));
  widths.delete('heads');
  return [...widths.values()].reduce((sum, width) => sum + weightBytes * width, 0);
};

const drawnBytes = (layers: readonly AdaptedLayer[]): number =>
  [...new Map(layers.map(({ source, input }) => [source, input])).values()].reduce(
    (sum, width) => sum + width,
    0,
  );

const inputBytes = (layers: readonly AdaptedLayer[], keeping: Keeping): number => {
  const { settings, weight_bytes, path, lean } = keeping;
  const drops = settings.lora_dropout > 0;
  // What dropout drew, a byte a number of each input.
  if (path === 'fast')
    return (lean ? 0 : sharedInputBytes(layers, weight_bytes)) + (drops ? drawnBytes(layers) : 0);
  // What dropout drew and what it left, for every adapter.
  if (drops) return sumOf(layers, ({ input }) => 8 * input);
  // Adapters compute in float32, each with its own copy.
  return weight_bytes === 2 ? sumOf(layers, ({ input }) => 4 * input) : sharedInputBytes(layers, 4);
};

const adapterBytes = (layers: readonly AdaptedLayer[], keeping: Keeping): number => {
  const { settings, path } = keeping;
  // DoRA scales the frozen layer's output and the adapter's, and so keeps both.
  const outputs = settings.variant === 'dora' ? sumOf(layers, ({ output }) => 8 * output) : 0;
  const inner = (path === 'fast' ? 2 : 4) * settings.lora_rank;
  return inputBytes(layers, keeping) + inner * layers.length + outputs;
};

/**
 * Bytes that one layer keeps of a token for its backward: of the `whole` layer, and `without_mlp` where the MLP
 * keeps its input alone. Counted from the tensors that torch saves in a llama layer. Where rows attend by products
 * (the trainer's `causal.py`), each token gives something to `table_tokens` of its row.
 */
export const keptPerToken = (
  shape: Shape,
  keeping: Keeping & { readonly table_tokens: number },
): { readonly whole: number; readonly without_mlp: number } => {
  const { hidden_size: d, intermediate_size: f, num_attention_heads: heads } = shape;
  const { q, kv } = attentionWidths(shape);
  const { weight_bytes, settings, table_tokens, lean } = keeping;
  const layers = adaptedLayers(shape, settings);
  const attention = layers.filter(({ source }) => source === 'attention' || source === 'heads');
  const mlp = layers.filter(({ source }) => source === 'mlp' || source === 'activation');
  // Norms compute in float32: what they read, lean as it comes, and the square root of its mean square.
  const norms = (lean ? weight_bytes : 4) * 2 * d + 4 * 2;
  // Rotated queries, keys, values, the output, and a sum a head.
  const heart = weight_bytes * (2 * q + 2 * kv) + 4 * heads;
  const given = weight_bytes * heads * table_tokens;
  const without_mlp = norms + heart + given + adapterBytes(attention, keeping) + weight_bytes * d;
  const gates = weight_bytes * (lean ? 2 : 3) * f + adapterBytes(mlp, keeping);
  return { whole: without_mlp + gates - weight_bytes * d, without_mlp };
};
