import { describe, expect, it } from 'vitest';
import { fakeBaseModel, fakeDataset } from '../../../src/fake-rows';
import { countedAs, createTokenCounter } from './token-counts';

const dataset = fakeDataset(1);
const model = fakeBaseModel(2);

describe('createTokenCounter', () => {
  const COUNTS = countedAs({ total_tokens: 7, trained_tokens: 3, kept_tokens: 6, max: 4, max_length: 512 });

  it('asks once for each version, model and length, and again after a failure', async () => {
    const asked: unknown[] = [];
    const count = createTokenCounter({
      currentVersion: () => Promise.resolve({ sha256: 'b' }),
      stats: (request) => {
        asked.push(request);
        return asked.length === 1 ? Promise.reject(new Error('helper died')) : Promise.resolve(COUNTS);
      },
    });
    await expect(count(dataset, model, 512)).rejects.toThrow('helper died');
    expect(await count(dataset, model, 512)).toEqual(COUNTS);
    expect(await count(dataset, model, 512)).toEqual(COUNTS);
    expect(await count(dataset, model, 1024)).toEqual(COUNTS);
    const request = { id: dataset.id, base_model_id: model.id, max_length: 512 };
    expect(asked).toEqual([request, request, { ...request, max_length: 1024 }]);
  });
});
