import type { BaseModel } from '../types/base-model';
import type { MemoryPlan } from '../types/run-folder';
import type { AdapterPath } from '../types/trainer-events';
import type { TrainingSettings } from '../types/training-settings';
import { adapterPath, isLean } from './adapter-path';
import { adaptedLayers, frozenLayers, keptPerToken, trainableParameters } from './memory-layers';

const MEBIBYTE = 1024 ** 2;

/** Python, torch and the model library with a tokenizer; of a card its context. Resident, files that are mapped included. */
const PROCESS_BYTES = { cpu: 810 * MEBIBYTE, cuda: 768 * MEBIBYTE } as const;

/** Weight and gradient in float32, and the moments. */
const ADAPTER_BYTES = { adamw: 4 + 4 + 8, adamw_8bit: 4 + 4 + 2 * (1 + 4 / 256), adafactor: 4 + 4 } as const;

/** Of a packed weight, its block's share of scales included. */
const PACKED_BYTES = { int8: 1, nf4: 0.516 } as const;
/** What stays on the card of a weight that lies elsewhere: the scales. */
const SCALE_BYTES = { none: 0, int8: 0, nf4: 0.016 } as const;

/** Of each logit where all are there at once: its logarithm, and two gradients, all float32. */
const LOGIT_BYTES = 12;

/** Architectures whose loss is taken from some rows of logits at a time (the trainer's `projection.py`), and how many. */
const CHUNKED = new Set(['llama', 'mistral', 'qwen2', 'qwen3', 'gemma', 'phi3', 'smollm3']);
const CHUNK_BYTES = { cpu: 64 * MEBIBYTE, cuda: 256 * MEBIBYTE } as const;

/** What a card's allocator rounds up and cannot give back. */
const CARD_ALLOCATOR = 1.04;

/**
 * What the C library holds between tensors that live on, as a share of what all layers would keep: by measurement.
 * Where adapters make no copies, fewer tensors come and go.
 */
const HEAP_GAPS = { stock: 0.9, fast: 0.6 } as const;
/** What it may hold more once many passes of differing lengths have left theirs, of the same: by measurement. */
const LENGTH_GAPS = { stock: 1.1, fast: 0.4 } as const;
/** Of products in 16 bit that are compiled for their shapes (the trainer's `threads.py`): by measurement. */
const COMPILED_BYTES = 460 * MEBIBYTE;
/** What unpacked weights leave there, as a share of all of them in float32: by measurement. */
const UNPACKED_GAPS = 0.3;

export interface MemoryRequest {
  readonly model: Pick<BaseModel, 'parameters' | 'config' | 'size_bytes' | 'architecture'>;
  readonly settings: TrainingSettings;
  readonly device: 'cpu' | 'cuda';
  /** Bytes of a weight: 2 in bf16, 4 in float32. */
  readonly weight_bytes: 2 | 4;
  /** How the run is laid out: rows at once, and what is recomputed. */
  readonly plan: MemoryPlan;
  /** Real tokens of the longest row, of a comparison both sides: they go through the model together. */
  readonly longest_row: number;
  /** Which share of a pass's tokens is trained, 0 to 1. */
  readonly trained_share: number;
  /** Measured ÷ estimated of past runs (`memoryRatio`); null where there are none. */
  readonly correction: number | null;
  /** How adapters computed in a run that has ended; how they will, follows from the rest. */
  readonly path?: AdapterPath;
}

/** Where the memory goes, in bytes; `loading` is what loading holds for a while on top of the weights. */
export interface MemoryParts {
  readonly process: number;
  readonly weights: number;
  readonly adapter: number;
  readonly activations: number;
  readonly loss: number;
  readonly buffers: number;
  /** Of the processor's heap; recomputed tensors leave them as kept ones do. */
  readonly gaps: number;
  readonly loading: number;
}

const KEEP_ALL = { recompute_mlps: 0, recompute_layers: 0 } as const;

/** Tokens of the longest row that attends by plain products (the trainer's `attention.py`). */
const SHORT_ROW = 512;

/** Queries that the trainer's `causal.py` takes at once, each with the keys up to the last of them. */
const BLOCK = 128;

/** Rows that a record is laid as: each side of a comparison is one (the trainer's `preference.py`). */
export const sidesOf = ({ method }: TrainingSettings): number =>
  method === 'dpo' || method === 'orpo' ? 2 : 1;

/** Rows of one length that go through the model together; `table_tokens` as `keptPerToken` has them. */
interface Pass extends MemoryRequest {
  readonly table_tokens: number;
  readonly path: AdapterPath;
  readonly lean: boolean;
}

/**
 * The passes of a run that may hold the most: of its longest rows, and of the longest that attend by products, of which
 * a pack holds as many tokens.
 */
const passesOf = (request: MemoryRequest): readonly Pass[] => {
  const { settings, device, weight_bytes } = request;
  const path = request.path ?? adapterPath(request);
  const longest = { ...request, table_tokens: 0, path, lean: isLean(request.model, path) };
  if (device !== 'cpu' || weight_bytes !== 2) return [longest];
  const sides = sidesOf(settings);
  const row = Math.min(request.longest_row / sides, SHORT_ROW);
  return [longest, { ...longest, table_tokens: (row + Math.min(row, 1.5 * BLOCK)) / 2 }];
};

const passTokens = ({ plan, longest_row }: MemoryRequest): number => plan.micro_batch * longest_row;

const activationBytes = (request: Pass): number => {
  const { model, plan, weight_bytes } = request;
  const layers = model.config.num_hidden_layers;
  const whole = Math.min(layers, plan.recompute_layers);
  const mlps = Math.min(layers - whole, plan.recompute_mlps);
  const kept = keptPerToken(request.model.config, request);
  const input = model.config.hidden_size * weight_bytes;
  // While a recomputed layer goes backward, its own activations are there, when those of the kept ones are gone.
  const again = layers === whole ? kept.whole : mlps === layers ? kept.whole - kept.without_mlp : 0;
  const perToken = whole * input + mlps * kept.without_mlp + (layers - whole - mlps) * kept.whole;
  return (perToken + again) * passTokens(request);
};

const lossBytes = ({ trained_share, ...request }: MemoryRequest): number => {
  const { model, device, weight_bytes } = request;
  const { vocab_size, hidden_size } = model.config;
  const trained = trained_share * passTokens({ ...request, trained_share });
  if (!CHUNKED.has(model.architecture)) return LOGIT_BYTES * trained * vocab_size;
  const rows = Math.min(trained, Math.max(1, Math.floor(CHUNK_BYTES[device] / (4 * vocab_size))));
  // Logits in float32, in bf16 also what the product gives and takes; hidden states and their gradient.
  return rows * vocab_size * (weight_bytes === 2 ? 6 : 4) + 2 * trained * hidden_size * weight_bytes;
};

/** What one layer's backward holds beside what was kept: gradients as wide as the MLP and the residual stream. */
const bufferBytes = (request: MemoryRequest): number => {
  const { hidden_size, intermediate_size } = request.model.config;
  return 4 * (3 * intermediate_size + 4 * hidden_size) * passTokens(request);
};

const adapterBytes = ({ model, settings }: MemoryRequest): number => {
  const trained = trainableParameters(model.config, settings) * ADAPTER_BYTES[settings.optimizer];
  // PiSSA keeps the adapter's start beside it.
  return settings.variant === 'pissa' ? trained + 4 * trainableParameters(model.config, settings) : trained;
};

/** Whether the linear layers leave the card (the trainer's `stores.py`). */
const isAway = ({ base = 'kept' }: MemoryPlan): boolean => base !== 'kept';

/** Of a weight as it is held. */
const heldBytesOf = ({
  settings: { quantization },
  weight_bytes,
}: Pick<MemoryRequest, 'settings' | 'weight_bytes'>): number =>
  quantization === 'none' ? weight_bytes : PACKED_BYTES[quantization];

/** Of a base that is quantised or leaves the card, embeddings, last projection and norms stay whole where they are. */
const weightsBytes = (request: MemoryRequest): number => {
  const { model, settings, weight_bytes, plan } = request;
  const linear = frozenLayers(model.config).parameters;
  const perWeight = isAway(plan) ? SCALE_BYTES[settings.quantization] : heldBytesOf(request);
  return linear * perWeight + Math.max(0, model.parameters - linear) * weight_bytes;
};

/** What a base that leaves the card takes of the memory beside it. */
export const awayBytes = (request: Omit<MemoryRequest, 'plan'>): number =>
  frozenLayers(request.model.config).parameters * heldBytesOf(request);

/** Layers that are there at once of a base that has left the card: one in use, and one whose copy is queued. */
const COPIES = 2;

/** What is had at once to compute with, of the largest layer. */
const borrowedBytes = (request: MemoryRequest): number => {
  const { model, weight_bytes, plan } = request;
  const { quantization } = request.settings;
  if (quantization === 'none' && !isAway(plan)) return 0;
  const { largest } = frozenLayers(model.config);
  const copied = isAway(plan) ? COPIES * largest * heldBytesOf(request) : 0;
  if (quantization === 'none') return copied;
  // int8 is multiplied in float32.
  return copied + largest * (quantization === 'int8' && weight_bytes === 2 ? 6 : weight_bytes);
};

/** What all layers would keep, recomputed or not. */
const keptOfAll = (request: Pass): number =>
  activationBytes({ ...request, plan: { ...request.plan, ...KEEP_ALL } });

const gapBytes = (request: Pass): number => {
  const { quantization } = request.settings;
  const unpacked = quantization === 'none' ? 0 : 4 * frozenLayers(request.model.config).parameters;
  return HEAP_GAPS[request.path] * keptOfAll(request) + UNPACKED_GAPS * unpacked;
};

const partsOf = (request: Pass): MemoryParts => {
  const { model, device } = request;
  return {
    process: PROCESS_BYTES[device],
    weights: weightsBytes(request),
    adapter: adapterBytes(request),
    activations: activationBytes(request) + copiedBytes(request),
    loss: lossBytes(request),
    buffers: bufferBytes(request) + borrowedBytes(request) + doraBytes(request),
    gaps: gapBytes(request),
    loading: device === 'cpu' ? model.size_bytes : 0,
  };
};

/** DoRA makes the whole product of its halves for the norm of its rows. */
const doraBytes = ({ model, settings }: MemoryRequest): number =>
  settings.variant === 'dora'
    ? 4 *
      Math.max(
        0,
        ...adaptedLayers(model.config, settings).map(({ input, output }) => input * (input + 3 * output)),
      )
    : 0;

/** Behind dropout DoRA multiplies by the weights in float32, and a copy is kept of those that are not. */
const copiedBytes = ({ model, settings, weight_bytes }: MemoryRequest): number => {
  const { variant, lora_dropout, quantization } = settings;
  const isWhole = quantization === 'none' && weight_bytes === 4;
  if (variant !== 'dora' || lora_dropout === 0 || isWhole) return 0;
  const ofBlock = adaptedLayers(model.config, settings).reduce(
    (sum, { input, output }) => sum + input * output,
    0,
  );
  return 4 * model.config.num_hidden_layers * ofBlock;
};

/** What a pass holds at most beside process and weights: of loading or of training, whichever is more. */
const heldIn = (
  { loading, adapter, activations, loss, buffers, gaps }: MemoryParts,
  device: MemoryRequest['device'],
): number => {
  const training = adapter + activations + Math.max(loss, buffers);
  return Math.max(loading, device === 'cuda' ? CARD_ALLOCATOR * training : training + gaps);
};

/** The estimate by part, of the pass that holds the most, before a card's allocator. */
export const memoryParts = (request: MemoryRequest): MemoryParts =>
  passesOf(request)
    .map(partsOf)
    .reduce((most, parts) => (heldIn(parts, request.device) > heldIn(most, request.device) ? parts : most));

const heldBytes = (request: MemoryRequest): number => heldIn(memoryParts(request), request.device);

/** Peak memory of a run in bytes, by formula and as past runs correct it. */
export const peakMemoryBytes = (request: MemoryRequest): number => {
  const { weights } = memoryParts(request);
  return Math.round(PROCESS_BYTES[request.device] + weights + heldBytes(request) * (request.correction ?? 1));
};

/**
 * What a run on a processor may hold beyond the estimate, which knows passes of one length: how much of it, depends
 * on how much its lengths differ.
 */
export const lengthBytes = (request: MemoryRequest): number => {
  if (request.device !== 'cpu') return 0;
  const compiled = request.weight_bytes === 2 ? COMPILED_BYTES : 0;
  const gaps = passesOf(request).map((pass) => LENGTH_GAPS[pass.path] * keptOfAll(pass));
  return Math.round(Math.max(...gaps) + compiled);
};

/** Measured ÷ estimated of a run that has ended, process and weights left out, which are known. */
export const memoryRatio = (request: MemoryRequest, measured: number): number => {
  // A card reports what tensors held, without its context.
  const outside = request.device === 'cpu' ? PROCESS_BYTES.cpu : 0;
  return Math.max(0, measured - outside - memoryParts(request).weights) / heldBytes(request);
};
