import { formatCount, formatLoss } from '../../components/format';
import { uncheckedWords } from '../../lib/messages/llama-cpp-check';
import type { BaseModel } from '../../lib/types/base-model';
import type { Checkpoint } from '../../lib/types/job-records';
import type { ArtifactExport } from '../../lib/types/model-artifact';

interface Measured {
  readonly step: number;
  readonly loss: number;
}

const measuredOf = (checkpoints: readonly Checkpoint[]): readonly Measured[] =>
  checkpoints.flatMap(({ step, validation_loss: loss }) => (loss === null ? [] : [{ step, loss }]));

/** Why this step became the adapter: its held-out loss among those of all checkpoints, kept or pruned. */
export const checkpointWords = (checkpoints: readonly Checkpoint[], sourceStep: number): string => {
  const measured = measuredOf(checkpoints);
  const own = measured.find(({ step }) => step === sourceStep);
  if (!own) return 'not measured on held-out data';
  if (measured.length === 1) return `held-out loss ${formatLoss(own.loss)}, the only one measured`;
  const lowest = measured.reduce((best, one) => (one.loss < best.loss ? one : best));
  return lowest.loss === own.loss
    ? `lowest held-out loss of ${formatCount(measured.length)}`
    : `held-out loss ${formatLoss(own.loss)}; the lowest of ${formatCount(measured.length)} is ${formatLoss(lowest.loss)}, at step ${formatCount(lowest.step)}`;
};

/** What is known of the base model's folder since the run; its fingerprint follows these words. */
export const baseWords = (
  trained: { readonly base_model_fingerprint: string; readonly made: string },
  base: Pick<BaseModel, 'fingerprint' | 'checked_at'> | undefined,
): string => {
  if (!base) return 'no longer in the list of base models';
  if (base.fingerprint !== trained.base_model_fingerprint) return 'changed since; trained on';
  return base.checked_at > trained.made ? 'unchanged since' : 'as checked before the run';
};

/** What was done with the exports that were made. */
export const exportWords = (exports: readonly Pick<ArtifactExport, 'verification'>[]): string => {
  const unchecked = exports.filter(
    ({ verification }) => verification && uncheckedWords(verification) !== null,
  );
  if (exports.length === 0) return 'made on this page, to any folder';
  return unchecked.length === 0
    ? 'each loaded again and compared'
    : `${formatCount(unchecked.length)} of them not checked in llama.cpp`;
};
