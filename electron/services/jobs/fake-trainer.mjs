// Speaks the trainer's protocol without training. A job's name says how it behaves.
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { newestWhole, sha256, shortCommands } from './fake-commands.mjs';

const STEPS = 6;
const [command, ...rest] = process.argv.slice(4).filter((word) => word !== '--attended');

const pathOf = (step) => `checkpoints/step-${String(step).padStart(6, '0')}`;

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
    const path = pathOf(step);
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

  hello() {
    const device = {
      device: 'cpu',
      device_name: 'fake',
      precision: 'fp32',
      torch: '0',
      versions: { torch: '0' },
      driver: null,
      threads: 2,
    };
    const { step } = newestWhole(join(this.runDir, 'checkpoints'));
    const from_checkpoint = step === null ? null : pathOf(step);
    this.emit('hello', { pid: process.pid, ...device, from_checkpoint });
    if (this.does('elsewhere') && step !== null) {
      const message = 'This attempt goes on, but not bit for bit: torch 2.9.0 → 2.10.0.';
      this.emit('warning', { code: 'not_bit_exact', message });
    }
  }

  async begin() {
    process.stderr.write(`attempt ${this.number} begins\n`);
    this.hello();
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
