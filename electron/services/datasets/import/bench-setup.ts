import { afterAll, beforeAll } from 'vitest';
import { ImportBench } from './testing';

/** One temporary folder a test file, removed at its end. */
export function useBench(): () => ImportBench {
  let bench: ImportBench | null = null;
  beforeAll(async () => {
    bench = await ImportBench.create();
  });
  afterAll(async () => {
    await bench?.remove();
  });
  return () => {
    if (bench === null) throw new Error('The bench is there only inside a test.');
    return bench;
  };
}
