import { z } from 'zod';
import type { BaseModel } from '../../../src/lib/types/base-model';
import type { Dataset } from '../../../src/lib/types/lora-training';

const Stats = z.object({ total_tokens: z.number(), trained_tokens: z.number(), max: z.number() });

/** Of all records of a dataset, before cutting; `max` is the longest. */
export type TokenCounts = z.infer<typeof Stats>;

/** Longer than any record: what a run cuts is its own matter. */
const NO_LIMIT = 131_072;

interface CounterOptions {
  readonly versionPath: (
    datasetId: string,
  ) => Promise<{ readonly path: string; readonly sha256: string } | null>;
  readonly request: (method: string, params: Readonly<Record<string, unknown>>) => Promise<unknown>;
}

/** Counts a dataset's tokens with the trainer's own code, once for each version and model. */
export const createTokenCounter = ({ versionPath, request }: CounterOptions) => {
  const counted = new Map<string, Promise<TokenCounts>>();
  const count = async (path: string, format: string, model: BaseModel): Promise<TokenCounts> => {
    const params = {
      dataset: path,
      base_model: model.path,
      max_length: NO_LIMIT,
      format,
      loss_scope: 'auto',
    };
    return Stats.parse(await request('stats', params));
  };
  return async (dataset: Dataset, model: BaseModel): Promise<TokenCounts> => {
    const version = await versionPath(dataset.id);
    if (!version) return { total_tokens: 0, trained_tokens: 0, max: 0 };
    const key = `${version.sha256} ${model.fingerprint}`;
    const known = counted.get(key) ?? count(version.path, dataset.format, model);
    counted.set(key, known);
    // A failure is not remembered: the next question tries again.
    known.catch(() => counted.delete(key));
    return known;
  };
};
