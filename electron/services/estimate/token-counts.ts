import type { BaseModel } from '../../../src/lib/types/base-model';
import type { DatasetStats } from '../../../src/lib/types/dataset-numbers';
import type { Dataset } from '../../../src/lib/types/lora-training';
import type { CurrentVersion } from '../datasets/dataset-service';

/** Of all records of a dataset; what a run at one length keeps of them is `kept_tokens`, the rest is before cutting. */
export type TokenCounts = Pick<
  DatasetStats,
  'total_tokens' | 'trained_tokens' | 'kept_tokens' | 'max' | 'max_length' | 'problems' | 'problems_total'
>;

/** Counts of records of which none is refused. */
export const countedAs = (counts: Omit<TokenCounts, 'problems' | 'problems_total'>): TokenCounts => ({
  ...counts,
  problems: [],
  problems_total: 0,
});

interface CounterOptions {
  readonly currentVersion: (datasetId: string) => Promise<Pick<CurrentVersion, 'sha256'> | null>;
  readonly stats: (asked: {
    readonly id: string;
    readonly base_model_id: string;
    readonly max_length: number;
  }) => Promise<TokenCounts>;
}

/** A dataset's tokens, counted once for each version, model and length. The run finds them kept. */
export const createTokenCounter = ({ currentVersion, stats }: CounterOptions) => {
  const counted = new Map<string, Promise<TokenCounts>>();
  return async ({ id }: Dataset, model: BaseModel, max_length: number): Promise<TokenCounts> => {
    const version = await currentVersion(id);
    if (!version)
      return countedAs({ total_tokens: 0, trained_tokens: 0, kept_tokens: 0, max: 0, max_length });
    const key = `${version.sha256} ${model.fingerprint} ${max_length}`;
    const known = counted.get(key) ?? stats({ id, base_model_id: model.id, max_length });
    counted.set(key, known);
    // A failure is not remembered: the next question tries again.
    known.catch(() => counted.delete(key));
    return known;
  };
};
