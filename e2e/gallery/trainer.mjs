// Speaks the trainer's protocol with the curves of a run of hours, so that pictures of a run under way need none.
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** Where a run stands still to be photographed, as a share of its steps. */
const STANDS_AT = 0.6;
/** How long a step takes here, and how long one would take: the clock of the run is the second. */
const STEP_MS = 12;
const TOLD_STEP_MS = 1180;
/** A run that is photographed is alive. */
const HEARTBEAT_MS = 5000;
const TOKENS_A_STEP = 486;
const BEFORE_FIRST_STEP_MS = { preprocessing: 21_000, model_loading: 9_000, base: 14_000 };
const SPIKE = 0.31;
const UNTOUCHED = 4.64;

const ANSWERS = [
  ['held-out-1', 'How do I keep my house warm in winter?'],
  ['held-out-2', 'How do I get better at maths?'],
  ['held-out-3', 'I feel lonely in a new town.'],
];
const UNTRAINED =
  'Keeping your home warm in winter can be a challenge, but there are a few simple steps you can take to make your home more comfortable. First, check the insulation of the walls and the attic.';
const EARLY =
  'Aye, close the windows and keep the fire in. A house is like a boat: it loses warmth where it leaks.';
const LATE =
  'Aye, stop the draughts first: a house loses heat as a hull takes water, at the seams. Then heat the room you sit in. Fair winds, friend.';

const sha256 = (text) => createHash('sha256').update(text).digest('hex');

/** The same numbers for the same step on every run. */
const noise = (step) => {
  const wave = Math.sin(step * 12.9898) * 43758.5453;
  return wave - Math.floor(wave) - 0.5;
};

class Run {
  constructor(runDir, attempt) {
    this.runDir = runDir;
    this.attempt = attempt;
    this.file = join(runDir, 'events.jsonl');
    this.job = JSON.parse(readFileSync(join(runDir, 'job.json'), 'utf8'));
    this.total = this.job.total_steps;
    this.seq = existsSync(this.file) ? readFileSync(this.file, 'utf8').trim().split('\n').length : 0;
    this.ends = null;
    this.best = Infinity;
    this.kept = [];
    const before = Object.values(BEFORE_FIRST_STEP_MS).reduce((sum, ms) => sum + ms);
    this.clock = Date.now() - before - Math.round(STANDS_AT * this.total) * TOLD_STEP_MS;
  }

  emit(event, fields = {}) {
    this.seq += 1;
    const time = new Date(Math.min(this.clock, Date.now())).toISOString();
    const line = `${JSON.stringify({ event, schema: 1, attempt: this.attempt, seq: this.seq, time, ...fields })}\n`;
    appendFileSync(this.file, line);
    process.stdout.write(line);
  }

  listen() {
    createInterface({ input: process.stdin })
      .on('line', (line) => {
        const { command } = JSON.parse(line);
        if (command === 'pause' || command === 'stop') this.ends = command;
      })
      .on('close', () => {
        this.ends = 'parent_gone';
      });
  }

  begin() {
    const versions = { python: '3.11.7', transformers: '5.23.0', peft: '0.21.2' };
    this.emit('hello', {
      pid: process.pid,
      device: 'cpu',
      device_name: 'AMD Ryzen 9 7950X',
      precision: 'fp32',
      torch: '2.15.0',
      versions,
      from_checkpoint: null,
    });
    this.emit('stage', { name: 'preprocessing', detail: 'reading and tokenising the dataset' });
    this.clock += BEFORE_FIRST_STEP_MS.preprocessing;
    this.emit('stage', { name: 'model_loading', detail: 'smollm2-135m-instruct' });
    this.clock += BEFORE_FIRST_STEP_MS.model_loading;
    const steps = { total_steps: this.total, eval_every: 50, save_every: 50 };
    const data = { train_records: 225, held_out_records: 25, truncated_records: 0 };
    const tokens = { total_tokens: this.total * TOKENS_A_STEP, trained_tokens: this.total * 202 };
    const model = { trainable_parameters: 4_884_480, total_parameters: 139_399_488 };
    this.emit('plan', { ...steps, ...data, ...tokens, ...model, micro_batch: 2, recompute: 'none' });
    this.emit('stage', { name: 'training', detail: `step 0 of ${this.total}` });
    this.evaluate(0, 'base', UNTOUCHED);
    this.answer(0, UNTRAINED);
    this.clock += BEFORE_FIRST_STEP_MS.base;
  }

  evaluate(step, subject, loss) {
    const method = 'mean cross-entropy a trained token, dropout off';
    const held = { group: 'all', tokens: 971, records: 25, method, final: false };
    this.emit('evaluation', { step, subject, loss, ...held });
  }

  answer(step, text) {
    for (const [prompt_id, prompt] of ANSWERS)
      this.emit('sample', { step, prompt_id, prompt, seed: 42, text });
  }

  loss(step) {
    return 1.15 + (UNTOUCHED - 1.15) * Math.exp((-5 * step) / this.total);
  }

  heldOut(step) {
    return this.loss(step) + 0.09 + 0.25 * (step / this.total) ** 3;
  }

  metrics(step) {
    const share = step / this.total;
    this.clock += TOLD_STEP_MS * (1 + noise(step + 11) * 0.3);
    const spikes = step === Math.round(SPIKE * this.total);
    const warm = Math.min(1, share / 0.03);
    this.emit('metrics', {
      step,
      epoch: Math.floor((step * 8) / 225),
      tokens: step * TOKENS_A_STEP,
      training_loss: this.loss(step) + noise(step) * 0.5 + (spikes ? 1.1 : 0),
      non_finite: null,
      ...(step % 50 === 0 && { validation_loss: this.heldOut(step) }),
      learning_rate: warm * 0.0001 * (1 + Math.cos(Math.PI * share)),
      gradient_norm: spikes ? 8.7 : 0.9 + 1.6 * Math.exp(-6 * share) + noise(step + 7) * 0.4,
      throughput: 412 + noise(step + 3) * 40 - (step < 8 ? 160 : 0),
      step_ms: TOLD_STEP_MS,
    });
    if (spikes)
      this.emit('warning', { code: 'gradient_spike', message: 'Gradient norm 8.7, clipped to 1.0' });
  }

  checkpoint(step) {
    const loss = this.heldOut(step);
    this.evaluate(step, 'adapter', loss);
    if (step % 100 === 0) this.answer(step, step < 150 ? EARLY : LATE);
    const path = `checkpoints/step-${String(step).padStart(6, '0')}`;
    const files = {};
    mkdirSync(join(this.runDir, path), { recursive: true });
    for (const name of ['adapter_model.safetensors', 'adapter_config.json']) {
      writeFileSync(join(this.runDir, path, name), `${step}`);
      files[name] = { size_bytes: `${step}`.length, sha256: sha256(`${step}`) };
    }
    const manifest = JSON.stringify({ schema: 1, files });
    writeFileSync(join(this.runDir, path, 'manifest.json'), manifest);
    const best = loss < this.best;
    this.best = Math.min(this.best, loss);
    this.kept.push(path);
    const pruned = this.kept.length > 3 ? this.kept.splice(0, 1) : [];
    const said = { size_bytes: 58_886_132, sha256: sha256(manifest), validation_loss: loss, best, pruned };
    this.emit('checkpoint', { step, path, ...said });
  }

  end(step) {
    const reason = this.ends === 'pause' ? 'paused' : 'parent_gone';
    if (this.ends === 'stop') this.emit('cancelled', { step, saved: false, adapter_path: null });
    else this.emit('interrupted', { step, reason, saved: true });
    process.exit(this.ends === 'stop' ? 130 : 75);
  }

  async train() {
    this.begin();
    const last = Math.round(STANDS_AT * this.total);
    let step = 0;
    let beaten = Date.now();
    while (this.ends === null) {
      await sleep(STEP_MS);
      if (step === last) {
        if (Date.now() - beaten < HEARTBEAT_MS) continue;
        beaten = Date.now();
        this.clock = beaten;
        this.emit('heartbeat');
        continue;
      }
      step += 1;
      this.metrics(step);
      if (step % 50 === 0) this.checkpoint(step);
    }
    this.end(step);
  }
}

const [runDir, , attempt] = process.argv.slice(2);
const run = new Run(runDir, Number(attempt));
run.listen();
await run.train();
