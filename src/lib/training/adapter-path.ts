import type { BaseModel } from '../types/base-model';
import type { AdapterPath } from '../types/trainer-events';
import type { TrainingSettings } from '../types/training-settings';
import families from './stock-families.json' with { type: 'json' };

/** Families with an adapter beside something else than a plain product; the trainer's tests hold each to it. */
const STOCK_FAMILIES: ReadonlySet<string> = new Set(families);

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
