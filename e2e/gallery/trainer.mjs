// Speaks the trainer's protocol with the curves of a run of hours, so that pictures of a run under way need none.
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ANSWERS,
  EARLY,
  HELD_OUT,
  LATE,
  METHOD,
  PARTS,
  RECORDS,
  SPIKE,
  STEPS_AN_EPOCH,
  UNTOUCHED,
  UNTRAINED,
  topicsOf,
} from './played.mjs';

/** How long a step takes here, and how long one would take: the clock of the run is the second. */
const STEP_MS = 12;
const TOLD_STEP_MS = 4000;
/** A run that is photographed is alive: its last steps take as long as they say, or its pace would fall. */
const SLOW_STEPS = 150;
const TOKENS_A_STEP = 486;
const BEFORE_FIRST_STEP_MS = { preprocessing: 21_000, model_loading: 9_000, base: 14_000 };
const FINALISING_MS = 17_000;
const sha256 = (text) => createHash('sha256').update(text).digest('hex');

/** The same numbers for the same step on every run. */
const noise = (step) => {
  const wave = Math.sin(step * 12.9898) * 43758.5453;
  return wave - Math.floor(wave) - 0.5;
};

const epochOf = (step) => Math.floor((step - 1) / STEPS_AN_EPOCH);

class Run {
  constructor(runDir, attempt) {
    this.runDir = runDir;
    this.attempt = attempt;
    this.file = join(runDir, 'events.jsonl');
    this.job = JSON.parse(readFileSync(join(runDir, 'job.json'), 'utf8'));
    this.total = this.job.total_steps;
    this.seq = existsSync(this.file) ? readFileSync(this.file, 'utf8').trim().split('\n').length : 0;
    this.ends = null;
    this.best = { step: 0, loss: Infinity };
    this.kept = [];
    this.part = PARTS.find(({ name }) => name.test(this.job.name));
    this.last = Math.round(this.part.until * this.total);
    this.every = this.job.settings.save_steps;
    this.stepMs = TOLD_STEP_MS * (this.part.hurry ?? 1);
    this.savedAt = 0;
    const { preprocessing, model_loading, base } = BEFORE_FIRST_STEP_MS;
    const after = this.part.then === 'completes' ? FINALISING_MS : 0;
    const beside = (preprocessing + model_loading + base + after) * (this.part.hurry ?? 1);
    this.clock = Date.now() - beside - this.last * this.stepMs;
  }

  emit(event, fields = {}) {
    this.seq += 1;
    const time = new Date(Math.min(this.clock, Date.now())).toISOString();
    const line = `${JSON.stringify({ event, schema: 1, attempt: this.attempt, seq: this.seq, time, ...fields })}\n`;
    appendFileSync(this.file, line);
    process.stdout.write(line);
  }

  /** Lets time go by that no step takes. */
  pass(ms) {
    this.clock += ms * (this.part.hurry ?? 1);
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
      device_name: cpus()[0]?.model.trim() ?? 'processor',
      precision: 'fp32',
      torch: '2.15.0',
      versions,
      from_checkpoint: null,
    });
    this.emit('stage', { name: 'preprocessing', detail: 'reading and tokenising the dataset' });
    this.pass(BEFORE_FIRST_STEP_MS.preprocessing);
    this.emit('stage', { name: 'model_loading', detail: 'smollm2-135m-instruct' });
    this.pass(BEFORE_FIRST_STEP_MS.model_loading);
    const steps = { total_steps: this.total, eval_every: this.every, save_every: this.every };
    const data = {
      train_records: RECORDS.trained,
      held_out_records: RECORDS.held_out,
      truncated_records: 0,
    };
    const tokens = { total_tokens: this.total * TOKENS_A_STEP, trained_tokens: this.total * 202 };
    const model = { trainable_parameters: 4_884_480, total_parameters: 139_399_488 };
    this.emit('plan', { ...steps, ...data, ...tokens, ...model, micro_batch: 2, recompute: 'none' });
    this.emit('stage', { name: 'training', detail: `step 0 of ${this.total}` });
    this.evaluate({ step: 0, subject: 'base', loss: UNTOUCHED });
    this.answer(0, UNTRAINED);
    this.pass(BEFORE_FIRST_STEP_MS.base);
  }

  evaluate({ step, subject, loss, final = false }) {
    const said = { step, subject, method: METHOD, final };
    this.emit('evaluation', { ...said, loss, group: 'all', ...HELD_OUT });
    if (!final) return;
    for (const { name, ...part } of topicsOf(loss))
      this.emit('evaluation', { ...said, ...part, group: `topic: ${name}` });
  }

  answer(step, text) {
    for (const [prompt_id, prompt] of ANSWERS)
      this.emit('sample', { step, prompt_id, prompt, seed: 42, text });
  }

  loss(step) {
    if (this.part.learns === false) return UNTOUCHED - 0.01 + 0.2 * (step / this.total);
    return 1.15 + (UNTOUCHED - 1.15) * Math.exp((-5 * step) / this.total);
  }

  rate(step) {
    const { learning_rate, warmup_ratio } = this.job.settings;
    const warmup = Math.ceil(warmup_ratio * this.total);
    if (step <= warmup) return (learning_rate * step) / warmup;
    return (learning_rate * (1 + Math.cos((Math.PI * (step - 1 - warmup)) / (this.total - warmup)))) / 2;
  }

  trained(step) {
    return this.loss(step) + noise(step) * 0.5 + (this.spikes(step) ? 1.1 : 0);
  }

  spikes(step) {
    return step === Math.round(SPIKE * this.total);
  }

  heldOut(step) {
    return this.loss(step) + 0.09 + 0.25 * (step / this.total) ** 3;
  }

  metrics(step) {
    const share = step / this.total;
    this.clock += this.stepMs * (1 + noise(step + 11) * 0.3);
    const spikes = this.spikes(step);
    this.emit('metrics', {
      step,
      epoch: epochOf(step),
      tokens: step * TOKENS_A_STEP,
      training_loss: this.trained(step),
      non_finite: null,
      ...(step % this.every === 0 && { validation_loss: this.heldOut(step) }),
      learning_rate: this.rate(step),
      gradient_norm: spikes ? 8.7 : 0.9 + 1.6 * Math.exp(-6 * share) + noise(step + 7) * 0.4,
      throughput: ((1000 * TOKENS_A_STEP) / this.stepMs) * (1 + noise(step + 3) * 0.1 - (step < 8 ? 0.4 : 0)),
      step_ms: this.stepMs,
    });
    if (spikes)
      this.emit('warning', { code: 'gradient_spike', message: 'Gradient norm 8.7, clipped to 1.0' });
  }

  checkpoint(step) {
    const loss = this.heldOut(step);
    this.evaluate({ step, subject: 'adapter', loss });
    if (step % (2 * this.every) === 0) this.answer(step, step < 150 ? EARLY : LATE);
    this.save(step, loss);
  }

  save(step, loss) {
    this.savedAt = step;
    const path = `checkpoints/step-${String(step).padStart(6, '0')}`;
    const files = {};
    mkdirSync(join(this.runDir, path), { recursive: true });
    for (const name of ['adapter_model.safetensors', 'adapter_config.json']) {
      writeFileSync(join(this.runDir, path, name), `${step}`);
      files[name] = { size_bytes: `${step}`.length, sha256: sha256(`${step}`) };
    }
    const manifest = JSON.stringify({ schema: 1, files });
    writeFileSync(join(this.runDir, path, 'manifest.json'), manifest);
    const best = loss !== null && loss < this.best.loss;
    if (best) this.best = { step, loss };
    this.kept.push(path);
    const pruned = this.kept.length > 3 ? this.kept.splice(0, 1) : [];
    const said = { size_bytes: 58_886_132, sha256: sha256(manifest), validation_loss: loss, best, pruned };
    this.emit('checkpoint', { step, path, ...said });
  }

  end(step) {
    const reason = { pause: 'paused', signal: 'signal' }[this.ends] ?? 'parent_gone';
    if (this.ends === 'stop') this.emit('cancelled', { step, saved: false, adapter_path: null });
    else {
      if (this.savedAt < step) this.save(step, null);
      this.emit('interrupted', { step, reason, saved: step > 0 });
    }
    process.exit(this.ends === 'stop' ? 130 : 75);
  }

  fail() {
    this.emit('failed', {
      code: 'out_of_memory',
      message: 'The memory does not hold the training of a single row.',
      hint: 'Lower max_length or the rank, close other programs, or choose a smaller base model.',
      traceback: null,
    });
    process.exit(1);
  }

  /** The result is the adapter of a real run beside this one: what is stored has to load. */
  complete() {
    this.emit('stage', { name: 'finalization', detail: `the best checkpoint, step ${this.best.step}` });
    this.pass(FINALISING_MS);
    this.evaluate({ step: 0, subject: 'base', loss: UNTOUCHED, final: true });
    this.evaluate({ ...this.best, subject: 'adapter', final: true });
    cpSync(realAdapter(this.runDir), join(this.runDir, 'adapter'), { recursive: true });
    const weights = readFileSync(join(this.runDir, 'adapter', 'adapter_model.safetensors'));
    this.emit('completed', {
      adapter_path: 'adapter',
      adapter_sha256: sha256(weights),
      source_step: this.best.step,
      final_training_loss: this.trained(this.best.step),
      final_validation_loss: this.best.loss,
      base_validation_loss: UNTOUCHED,
      held_out_records: HELD_OUT.records,
      held_out_tokens: HELD_OUT.tokens,
      best_epoch: epochOf(this.best.step) + 1,
      precision: 'fp32',
      peak_memory_bytes: 2_184_658_944,
      early_stopped: false,
    });
    process.exit(0);
  }

  async train() {
    this.begin();
    let step = 0;
    while (this.ends === null && step < this.last) {
      await sleep(STEP_MS);
      this.take((step += 1));
    }
    if (this.ends === null && this.part.then === 'completes') this.complete();
    if (this.ends === null && this.part.then === 'fails') this.fail();
    if (this.part.then === 'breaks off') this.ends ??= 'signal';
    this.end(await this.stand(step));
  }

  take(step) {
    this.metrics(step);
    if (step % this.every === 0) this.checkpoint(step);
  }

  /** Goes on for its picture at the pace that it tells, so that nobody calls it stuck. */
  async stand(from) {
    let step = from;
    while (this.ends === null) {
      if (step < from + SLOW_STEPS) this.take((step += 1));
      else {
        this.clock = Date.now();
        this.emit('heartbeat');
      }
      while (Date.now() < this.clock + this.stepMs && this.ends === null) await sleep(STEP_MS);
    }
    return step;
  }
}

const realAdapter = (runDir) => {
  const runs = join(runDir, '..');
  const folder = readdirSync(runs)
    .map((name) => join(runs, name, 'adapter'))
    .find((path) => existsSync(join(path, 'adapter_model.safetensors')));
  if (!folder) throw new Error('A played run completes with the adapter of a real one, and there is none.');
  return folder;
};

const [runDir, , attempt] = process.argv.slice(2);
const run = new Run(runDir, Number(attempt));
run.listen();
await run.train();
