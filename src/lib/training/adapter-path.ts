import type { BaseModel } from '../types/base-model';
import type { AdapterPath } from '../types/trainer-events';
import type { TrainingSettings } from '../types/training-settings';
import leanFamilies from './lean-families.json' with { type: 'json' };
import families from './stock-families.json' with { type: 'json' };

/** Families with an adapter beside something else than a plain product; the trainer's tests hold each to it. */
const STOCK_FAMILIES: ReadonlySet<string> = new Set(families);

/** Families of which the trainer makes norms and products again (its `fast_layers.py`); its tests hold each to it. */
const LEAN_FAMILIES: ReadonlySet<string> = new Set(leanFamilies);

/** Whether a run keeps neither what norms give nor what activations do: where adapters can do without. */
export const isLean = ({ architecture }: Pick<BaseModel, 'architecture'>, path: AdapterPath): boolean =>
  path === 'fast' && LEAN_FAMILIES.has(architecture);

interface Deciding {
  readonly model: Pick<BaseModel, 'architecture'>;
  readonly settings: Pick<TrainingSettings, 'variant' | 'quantization'>;
  readonly weight_bytes: 2 | 4;
}

/** How the adapters of a run will compute. */
export const adapterPath = ({
  model: { architecture },
  settings: { variant, quantization },
  weight_bytes,
}: Deciding): AdapterPath => {
  const isPlain = quantization === 'none' && variant !== 'dora' && variant !== 'pissa';
  return weight_bytes === 2 && isPlain && !STOCK_FAMILIES.has(architecture) ? 'fast' : 'stock';
};
