import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import type { DatasetProblem } from '../../../src/lib/types/dataset-records';
import { rawIn } from '../../db/testing';
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

/** As many more rows like this one, made by the database itself: the way to them is not what is measured. */
const repeatRow = (id: string, times: number): void => {
  const db = rawIn(bench.dir);
  const columns = z.array(z.looseObject({ name: z.string() })).parse(db.pragma('table_info(datasets)'));
  const own = ['id', 'name', 'storage_path', 'tags'];
  const same = columns.flatMap(({ name }) => (own.includes(name) ? [] : `"${name}"`)).join();
  const copy = db.prepare(
    `INSERT INTO datasets (${own.join()}, ${same}) SELECT ?, ?, ?, ?, ${same} FROM datasets WHERE id = ?`,
  );
  db.transaction(() => {
    for (let number = 0; number < times; number += 1) {
      const name = `Advice number ${String(number)}`;
      copy.run(randomUUID(), name, name, JSON.stringify(['advice', `part-${String(number % 10)}`]), id);
    }
  })();
  db.close();
};

it('lists a thousand datasets, each with a full report, within a bound', { timeout: 120_000 }, async () => {
  const service = await bench.service();
  const [outcome] = await service.import([await bench.file(jsonl(chat('q', 'a')))]);
  const { datasets } = await bench.repositories();
  const report = outcome?.dataset.report ?? null;
  const problems = Array.from({ length: 100 }, (_, index) => problem(index + 1));
  const first = await datasets.create({
    name: 'Advice',
    storage_path: 'Advice',
    file_name: 'Advice.jsonl',
    file_size: 1,
  });
  await datasets.update(first.id, {
    status: 'ready',
    training_ready: true,
    report: report && { ...report, problems_total: 100, problems },
  });
  repeatRow(first.id, DATASETS - 1);
  const startedAt = performance.now();
  const all = await service.list();
  const milliseconds = performance.now() - startedAt;
  console.info(`${String(all.length)} datasets listed in ${milliseconds.toFixed(0)} ms`);
  expect(all).toHaveLength(DATASETS + 1);
  expect(milliseconds).toBeLessThan(BOUND_MS);
});
