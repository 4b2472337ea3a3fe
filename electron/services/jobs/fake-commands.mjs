// What the fake trainer answers to everything that is no run.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const [, ...rest] = process.argv.slice(4).filter((word) => word !== '--attended');
const say = (document) => process.stdout.write(`${JSON.stringify(document)}\n`);
export const sha256 = (text) => createHash('sha256').update(text).digest('hex');

/** Of records of which none is too long. */
const countsFor = ({ max_length }) => ({
  ...{ records: 4, total_tokens: 40, trained_tokens: 20, kept_tokens: 40, over_limit: 0, cut_records: 0 },
  ...{
    lost_trained_tokens: 0,
    turns: 4,
    turn_tokens: 20,
    avg_tokens_per_turn: 5,
    min: 10,
    median: 10,
    p95: 10,
  },
  ...{ max: 10, histogram: { edges: [], counts: [] }, lengths: null, problems_total: 0, problems: [] },
  ...{ too_long_rows: [], max_length, template: { source: 'own', note: '' }, methods: {} },
});

const serve = () => {
  say({ ready: true, pid: process.pid });
  createInterface({ input: process.stdin }).on('line', (line) => {
    const { id, method, params } = JSON.parse(line);
    if (method === 'die_once' && !existsSync(params.mark)) {
      writeFileSync(params.mark, '');
      process.exit(1);
    }
    if (method === 'die') process.exit(1);
    say({ id, progress: { done: 1 } });
    if (method === 'refuse') say({ id, error: { code: 'refused', message: 'no', hint: 'never' } });
    else if (method === 'stats') say({ id, result: countsFor(params) });
    else say({ id, result: { method, params, pid: process.pid } });
  });
};

const isWhole = (folder) => {
  const { files } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  return Object.entries(files).every(([name, known]) => {
    return sha256(readFileSync(join(folder, name), 'utf8')) === known.sha256;
  });
};

/** The step of the newest whole one, and what is said of those after it. */
export const newestWhole = (folder) => {
  const names = existsSync(folder) ? readdirSync(folder).sort().reverse() : [];
  const found = names.find((name) => isWhole(join(folder, name)));
  const damaged = found === undefined ? names : names.slice(0, names.indexOf(found));
  return {
    step: found === undefined ? null : Number(found.slice('step-'.length)),
    skipped: damaged.map((name) => `Checkpoint ${name} cannot be used: it has changed.`),
  };
};

export const shortCommands = {
  verify: async () => {
    const of = (flag) => rest[rest.indexOf(flag) + 1];
    const text = readFileSync(join(of('--adapter'), 'adapter_model.safetensors'), 'utf8');
    // As the real one it hears when nobody waits for it any more.
    process.stdin.resume().once('end', () => process.exit(1));
    const mark = join(tmpdir(), 'checking');
    const isHeld = text === 'held' && !existsSync(mark);
    if (isHeld) writeFileSync(mark, '');
    while (isHeld && existsSync(mark)) await sleep(20);
    while (text === 'slow' && !existsSync(`${of('--base-model')}-checked`)) await sleep(20);
    say({ ok: text !== 'unloadable' });
    process.exit(0);
  },
  'may-resume': () => {
    const [runDir] = rest;
    const { name } = JSON.parse(readFileSync(join(runDir, 'job.json'), 'utf8'));
    const does = (word) => name.split(' ').includes(word);
    if (does('other-settings')) {
      const failure = { code: 'settings_changed', message: 'Settings changed.', hint: 'Put them back.' };
      say({ error: failure });
      process.exit(1);
    }
    if (does('split-lost')) {
      say({
        error: { code: 'split_invalid', message: 'split.json is not there.', hint: 'Create it again.' },
      });
      process.exit(1);
    }
    if (does('held-check')) {
      writeFileSync(join(runDir, 'asked'), '');
      return void process.stdin.resume();
    }
    if (does('speechless')) {
      process.stderr.write('MemoryError\n');
      process.exit(1);
    }
    const found = newestWhole(join(runDir, 'checkpoints'));
    const changes = does('elsewhere') && found.step !== null ? ['torch 2.9.0 → 2.10.0', 'threads 1 → 2'] : [];
    say({ ...found, changes });
  },
  generate: () => {
    if (rest.includes('--prompt=hold')) {
      writeFileSync(join(tmpdir(), 'asked'), '');
      process.stdin.resume().once('end', () => writeFileSync(join(tmpdir(), 'left'), ''));
      return;
    }
    const [hasAdapter, compare] = [rest.includes('--adapter'), rest.includes('--compare')];
    const answers = {
      ...((compare || !hasAdapter) && { base: 'from base' }),
      ...(hasAdapter && { adapter: 'from adapter' }),
    };
    say({ event: 'done', answers });
  },
  export: () => {
    const to = rest[rest.indexOf('--to') + 1];
    const ok = !to.includes('bad');
    const card = readFileSync(rest[rest.indexOf('--card') + 1], 'utf8');
    const files = [{ name: 'README.md', size_bytes: Buffer.byteLength(card), sha256: sha256(card) }];
    say({ event: 'checking' });
    const gguf = to.endsWith('.gguf') && { gguf: { tensors: 272, llama_cpp: 'b1', reason: null } };
    say({ path: to, files, verification: { ok, max_abs_diff: 0, greedy_equal: ok, prompts: 1, ...gguf } });
  },
  probe: async () => {
    const { name } = JSON.parse(readFileSync(join(rest[0], 'job.json'), 'utf8'));
    if (name === 'held') {
      const mark = join(rest[0], '../../probing');
      writeFileSync(mark, '');
      await new Promise((resolve) => process.stdin.resume().once('end', resolve));
      rmSync(mark);
      process.exit(75);
    }
    const memory = { rows: 4, longest_row_tokens: 100, trained_tokens: 50, path: 'stock', precision: 'fp32' };
    say(rest.includes('--memory') ? { ...memory, peak_memory_bytes: 2e9 } : { step_ms: 1000 });
  },
  'lr-range': async () => {
    const [runDir] = rest;
    const { name } = JSON.parse(readFileSync(join(runDir, 'job.json'), 'utf8'));
    const steps = Number(rest[rest.indexOf('--steps') + 1]);
    const points = Array.from({ length: steps }, (_, step) => ({
      learning_rate: 1e-6 * 2 ** step,
      loss: 3 - step,
      smoothed: 3 - step / 2,
    }));
    for (const point of points) {
      say({ point });
      if (name === 'held') await new Promise((resolve) => process.stdin.resume().once('end', resolve));
      if (name === 'held') process.exit(75);
    }
    say({ points, suggestion: steps > 1 ? 0.0002 : null, method: 'the method', exploded: false });
  },
  serve,
};
