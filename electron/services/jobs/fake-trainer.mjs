// Speaks the trainer's protocol without training. A job's name says how it behaves.
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const STEPS = 6;
const [command, ...rest] = process.argv.slice(4).filter((word) => word !== '--attended');
const say = (document) => process.stdout.write(`${JSON.stringify(document)}\n`);
const sha256 = (text) => createHash('sha256').update(text).digest('hex');

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
const newestWhole = (folder) => {
  const names = existsSync(folder) ? readdirSync(folder).sort().reverse() : [];
  const found = names.find((name) => isWhole(join(folder, name)));
  const damaged = found === undefined ? names : names.slice(0, names.indexOf(found));
  return {
    step: found === undefined ? null : Number(found.slice('step-'.length)),
    skipped: damaged.map((name) => `Checkpoint ${name} cannot be used: it has changed.`),
  };
};

const shortCommands = {
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
    say({ path: to, files, verification: { ok, max_abs_diff: 0, greedy_equal: ok, prompts: 1 } });
  },
  probe: () => say({ step_ms: 1000 }),
  'lr-range': () => {
    const steps = Number(rest[rest.indexOf('--steps') + 1]);
    const points = Array.from({ length: steps }, (_, step) => ({
      learning_rate: 1e-6 * 2 ** step,
      loss: 3 - step,
    }));
    say({ points, suggestion: steps > 1 ? 0.0002 : null, method: 'the method', exploded: false });
  },
  serve,
};

/** One attempt; `does(word)` asks the job's name. */
class Attempt {
  constructor(runDir, number, afterSeq) {
    this.runDir = runDir;
    this.number = number;
    this.file = join(runDir, 'events.jsonl');
    this.words = JSON.parse(readFileSync(join(runDir, 'job.json'), 'utf8')).name.split(' ');
    const known = existsSync(this.file)
      ? readFileSync(this.file, 'utf8').trim().split('\n').filter(Boolean)
      : [];
    this.seq = Math.max(afterSeq, known.length > 0 ? JSON.parse(known.at(-1)).seq : 0);
    this.stopped = null;
  }

  does(word) {
    return this.words.includes(word);
  }

  emit(event, fields = {}) {
    this.seq += 1;
    const envelope = { schema: 1, attempt: this.number, seq: this.seq, time: new Date().toISOString() };
    const line = `${JSON.stringify({ event, ...envelope, ...fields })}\n`;
    appendFileSync(this.file, line);
    if (this.does('lossy') && this.seq % 3 === 0) return;
    process.stdout.write(this.does('torn') && event === 'metrics' ? `{"event":"met\n${line}` : line);
  }

  adapter(path, text) {
    mkdirSync(join(this.runDir, path), { recursive: true });
    writeFileSync(join(this.runDir, path, 'adapter_model.safetensors'), text);
    writeFileSync(join(this.runDir, path, 'adapter_config.json'), '{}');
  }

  checkpoint(step) {
    const path = `checkpoints/step-${String(step).padStart(6, '0')}`;
    const text = `step ${step}`;
    this.adapter(path, text);
    const entry = (content) => ({ size_bytes: content.length, sha256: sha256(content) });
    const files = {
      'adapter_model.safetensors': entry(text),
      'adapter_config.json': entry('{}'),
    };
    const manifest = JSON.stringify({ schema: 1, files });
    writeFileSync(join(this.runDir, path, 'manifest.json'), manifest);
    const figures = {
      size_bytes: 10,
      sha256: sha256(manifest),
      validation_loss: 1.5,
      best: true,
      pruned: [],
    };
    this.emit('checkpoint', { step, path, ...figures });
  }

  listen() {
    createInterface({ input: process.stdin })
      .on('line', (line) => {
        const order = JSON.parse(line);
        if (order.command === 'pause') this.stopped = 'pause';
        if (order.command === 'stop') this.stopped = order.save ? 'save' : 'drop';
        if (order.command === 'sample')
          this.emit('sample', { step: 1, prompt_id: 'own', prompt: order.prompt, seed: 0, text: 'answer' });
      })
      .on('close', () => {
        this.stopped = 'parent_gone';
      });
  }

  end(step) {
    if (this.stopped === 'parent_gone' || this.stopped === 'pause') {
      const reason = this.stopped === 'pause' ? 'paused' : 'parent_gone';
      this.emit('interrupted', { step, reason, saved: true });
      process.exit(75);
    }
    const saved = this.stopped === 'save';
    if (saved) this.adapter('adapter', 'saved');
    this.emit('cancelled', { step, saved, adapter_path: saved ? 'adapter' : null });
    process.exit(130);
  }

  /** Hears a stop before there is anything that it could save. */
  async load() {
    while (this.stopped === null) await sleep(20);
    this.emit('cancelled', { step: 0, saved: false, adapter_path: null });
    process.exit(130);
  }

  async begin() {
    process.stderr.write(`attempt ${this.number} begins\n`);
    const device = {
      device: 'cpu',
      device_name: 'fake',
      precision: 'fp32',
      torch: '0',
      versions: { torch: '0' },
      driver: null,
      threads: 2,
    };
    this.emit('hello', { pid: process.pid, ...device, from_checkpoint: null });
    this.emit('stage', { name: 'model_loading', detail: '' });
    if (this.does('oom')) {
      this.emit('failed', {
        code: 'out_of_memory',
        message: 'No memory.',
        hint: 'Smaller batch.',
        traceback: 'trace',
      });
      process.exit(1);
    }
    if (this.does('load') && this.number > 1) await this.load();
    if (this.does('untrained')) {
      this.checkpoint(0);
      this.stopped = 'pause';
      this.end(0);
    }
    const data = {
      train_records: 18,
      held_out_records: 2,
      truncated_records: 0,
      total_tokens: 100,
      trained_tokens: 50,
    };
    const model = { trainable_parameters: 10, total_parameters: 100, micro_batch: 1, recompute: 'none' };
    this.emit('plan', { total_steps: STEPS, ...data, ...model, eval_every: 2, save_every: 2 });
    this.emit('stage', { name: 'training', detail: '' });
    this.evaluate('base', 2, false);
    if (this.does('flood'))
      for (let line = 0; line < 20000; line += 1) process.stderr.write(`noise ${line}\n`);
    if (this.does('overlong')) process.stdout.write(`${'x'.repeat(2_000_000)}\n`);
  }

  evaluate(subject, loss, final) {
    const held = { group: 'all', tokens: 20, records: 2, method: 'per token' };
    this.emit('evaluation', { step: final ? STEPS : 0, subject, loss, final, ...held });
  }

  async step(step) {
    await sleep(5);
    if (this.stopped !== null && !this.does('deaf')) this.end(step);
    const isNan = this.does('nan') && step === 2;
    const loss = { training_loss: isNan ? null : 2 / step, non_finite: isNan ? 'nan' : null };
    const speed = { learning_rate: 0.001, gradient_norm: 1, throughput: 100, step_ms: 5 };
    this.emit('metrics', { step, epoch: 0, tokens: step * 10, ...loss, ...speed });
    if (step % 2 === 0) this.checkpoint(step);
    if (step === 3) await this.misbehave();
  }

  async misbehave() {
    if (this.does('sigkill') && this.number === 1) process.kill(process.pid, 'SIGKILL');
    if (this.does('silent-exit')) process.exit(0);
    if (this.does('crash')) process.exit(7);
    if (this.does('deaf')) await sleep(1e9);
    while (this.does('hold') && this.stopped === null) await sleep(20);
    while (this.does('slow-save') && !existsSync(join(this.runDir, 'go'))) await sleep(20);
  }

  finish() {
    const text = ['unloadable', 'slow', 'held'].find((word) => this.does(word)) ?? 'weights';
    if (!this.does('no-adapter')) this.adapter('adapter', text);
    this.evaluate('adapter', 1.5, true);
    const losses = { final_training_loss: 0.3, final_validation_loss: 1.5, base_validation_loss: 2 };
    const held = { held_out_records: 2, held_out_tokens: 20, best_epoch: 0, precision: 'fp32' };
    const adapter = { adapter_path: 'adapter', adapter_sha256: sha256(text), source_step: STEPS };
    const end = { ended_by: this.does('budget') ? 'time_budget' : 'last_step', last_step: STEPS };
    const rest = { peak_memory_bytes: 1, early_stopped: false };
    this.emit('completed', { ...adapter, ...losses, ...held, ...rest, ...end });
    process.exit(0);
  }
}

const train = async (runDir, number, afterSeq) => {
  const attempt = new Attempt(runDir, number, afterSeq);
  attempt.listen();
  await attempt.begin();
  for (let step = 1; step <= STEPS; step += 1) await attempt.step(step);
  attempt.finish();
};

if (command === 'run') await train(rest[0], Number(rest[2]), Number(rest[4] ?? 0));
else await shortCommands[command]();
