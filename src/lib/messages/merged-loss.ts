import type { ExportVerification } from '../types/model-artifact';

/** `held-out loss 3.8907, merged 3.8913`; null of an export that is not merged. */
export const mergedLossWords = ({
  held_out_loss: losses,
}: Pick<ExportVerification, 'held_out_loss'>): string | null => {
  if (!losses) return null;
  const of = losses.texts > 0 ? 'held-out loss' : 'loss of a few dialogues';
  return `${of} ${losses.adapter.toFixed(4)}, merged ${losses.merged.toFixed(4)}`;
};
