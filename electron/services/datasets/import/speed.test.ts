import { performance } from 'node:perf_hooks';
import { expect, it } from 'vitest';
import { useBench } from './bench-setup';
import { importFile } from './import-file';

const bench = useBench();

it('imports 52,000 alpaca rows, and prints how fast', async () => {
  const rows = Array.from({ length: 52_000 }, (_, index) => ({
    instruction: `Explain thing number ${String(index)} in plain words.`,
    input: index % 3 === 0 ? 'Some context. '.repeat(5) : '',
    output: 'An answer of middling length, as they are. '.repeat(7),
  }));
  const path = await bench().write(rows.map((row) => JSON.stringify(row)).join('\n'));
  const startedAt = performance.now();
  const { report, sourceBytes } = await importFile(bench().request(path));
  const seconds = (performance.now() - startedAt) / 1000;
  console.info(
    `52,000 rows, ${(sourceBytes / 1e6).toFixed(1)} MB: ${seconds.toFixed(2)} s, ${(sourceBytes / 1e6 / seconds).toFixed(0)} MB/s`,
  );
  expect(report.usable_records).toBe(52_000);
  expect(seconds).toBeLessThan(20);
});
