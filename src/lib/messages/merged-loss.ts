import type { ExportVerification } from '../types/model-artifact';

/** `held-out loss 3.8907, merged 3.8913`, and why it is in float32; null of an export that has no such losses. */
export const mergedLossWords = ({
  held_out_loss: losses,
  widened,
  gguf,
}: Pick<ExportVerification, 'held_out_loss' | 'widened' | 'gguf'>): string | null => {
  if (!losses) return null;
  const of = losses.texts > 0 ? 'held-out loss' : 'loss of a few dialogues';
  const figures = `${of} ${losses.adapter.toFixed(4)}, ${gguf ? 'in llama.cpp' : 'merged'} ${losses.merged.toFixed(4)}`;
  return widened
    ? `${figures} (in float32: rounded to ${widened.dtype} it would be ${widened.merged.toFixed(4)})`
    : figures;
};
