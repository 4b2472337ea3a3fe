import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openNew, rawIn } from './testing';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'problems-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('finds the problems of one record by its id, in the order of their lines', () => {
  openNew(folder).close();
  const db = rawIn(folder);
  const wanted = 'FROM dataset_problems WHERE dataset_id = ? AND record_id = ?';
  for (const sql of [`SELECT count(*) ${wanted}`, `SELECT * ${wanted} ORDER BY line, id LIMIT 200`]) {
    const plan = JSON.stringify(db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all('d', 'r'));
    expect(plan).toContain('INDEX idx_dataset_problems_record (dataset_id=? AND record_id=?)');
    expect(plan).not.toContain('TEMP B-TREE');
  }
  db.close();
});
