import { performance } from 'node:perf_hooks';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { DatasetProblem } from '../../../src/lib/types/dataset-records';
import { chat, jsonl } from './import/testing';
import { ServiceBench } from './service-bench';

const DATASETS = 1000;
/** Of reading all rows from the database and checking them; a page shows its places until then. */
const BOUND_MS = 4000;

let bench: ServiceBench;
beforeEach(async () => {
  bench = await ServiceBench.create();
});
afterEach(() => bench.remove());

const problem = (line: number): DatasetProblem => ({
  line,
  path: '/messages/0/role',
  record_id: `record-${String(line)}`,
  type: 'role_order',
  severity: 'error',
  error: 'The roles do not alternate: two turns of the user follow one another.',
  suggestion: 'Join them, or put the answer between them.',
});

it('lists a thousand datasets, each with a full report, within a bound', { timeout: 120_000 }, async () => {
  const service = await bench.service();
  const [outcome] = await service.import([await bench.file(jsonl(chat('q', 'a')))]);
  const { datasets } = await bench.repositories();
  const report = outcome?.dataset.report ?? null;
  const problems = Array.from({ length: 100 }, (_, index) => problem(index + 1));
  for (let number = 0; number < DATASETS; number += 1) {
    const name = `Advice number ${String(number)}`;
    const { id } = await datasets.create({
      name,
      storage_path: name,
      file_name: `${name}.jsonl`,
      file_size: 1,
    });
    await datasets.update(id, {
      status: 'ready',
      training_ready: true,
      tags: ['advice', `part-${String(number % 10)}`],
      report: report && { ...report, problems_total: 100, problems },
    });
  }
  const startedAt = performance.now();
  const all = await service.list();
  const milliseconds = performance.now() - startedAt;
  console.info(`${String(all.length)} datasets listed in ${milliseconds.toFixed(0)} ms`);
  expect(all).toHaveLength(DATASETS + 1);
  expect(milliseconds).toBeLessThan(BOUND_MS);
});
