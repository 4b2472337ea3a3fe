import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { z } from 'zod';
import { removeDataDir } from './launch';

const ROOT = join(import.meta.dirname, '..');
const SAMPLE = join(ROOT, 'resources', 'samples', 'lighthouse-keeper.jsonl');
const CLI = join(ROOT, 'dist', 'electron', 'cli.js');
const run = promisify(execFile);

const Demo = z.object({
  event: z.literal('demo'),
  adapter_path: z.string(),
  export: z.object({ path: z.string(), verification: z.object({ ok: z.boolean() }) }),
  base_validation_loss: z.number(),
  final_validation_loss: z.number(),
  question: z.string().min(1),
  before: z.string().min(1),
  after: z.string().min(1),
});

/** How the sample's lighthouse keeper greets and takes leave. */
const VOICE = /\b(aye|fair winds|friend)\b/i;

test('the demo imports, trains, checks, exports, and its answer has the voice of the sample', async () => {
  // Another spec trains beside it.
  test.setTimeout(600_000);
  const folder = await mkdtemp(join(tmpdir(), 'pipeline demo ü '));
  const to = join(folder, 'exported');
  const words = ['demo', '--to', to, '--json', '--data-dir', join(folder, 'data')];
  const startedAt = performance.now();
  const { stdout } = await run(process.execPath, [CLI, ...words], { maxBuffer: 64 * 1024 * 1024 });
  console.log(`demo: ${Math.round((performance.now() - startedAt) / 1000)} s, an export included`);
  const documents = stdout
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  const found = Demo.parse(documents.at(-1));
  expect(found.final_validation_loss).toBeLessThan(found.base_validation_loss);
  expect(found.question).not.toMatch(VOICE);
  expect(found.before).not.toMatch(VOICE);
  expect(found.after).toMatch(VOICE);
  expect(await readFile(SAMPLE, 'utf8')).not.toContain(found.question);
  expect(found.export).toMatchObject({ path: to, verification: { ok: true } });
  expect(await readdir(to)).toContain('adapter_model.safetensors');
  expect(await readdir(found.adapter_path)).toContain('adapter_model.safetensors');
  await removeDataDir(folder);
});
