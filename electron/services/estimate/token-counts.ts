import type { BaseModel } from '../../../src/lib/types/base-model';
import type { Dataset } from '../../../src/lib/types/lora-training';
import type { CurrentVersion } from '../datasets/dataset-service';

interface CounterOptions {
  readonly currentVersion: (datasetId: string) => Promise<Pick<CurrentVersion, 'sha256'> | null>;
  readonly stats: (asked: {
    readonly id: string;
    readonly base_model_id: string;
    readonly max_length: number;
  }) => Promise<{ readonly total_tokens: number }>;
}

/**
 * A dataset's tokens before cutting, counted once for each version and model. The first run's own length is
 * asked for, so that the run finds its tokens kept; another length has as many before cutting.
 */
export const createTokenCounter = ({ currentVersion, stats }: CounterOptions) => {
  const counted = new Map<string, Promise<number>>();
  return async ({ id }: Dataset, model: BaseModel, max_length: number): Promise<number> => {
    const version = await currentVersion(id);
    if (!version) return 0;
    const key = `${version.sha256} ${model.fingerprint}`;
    const known =
      counted.get(key) ??
      stats({ id, base_model_id: model.id, max_length }).then(({ total_tokens }) => total_tokens);
    counted.set(key, known);
    // A failure is not remembered: the next question tries again.
    known.catch(() => counted.delete(key));
    return known;
  };
};
