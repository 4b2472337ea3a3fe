import { formatDuration } from '../../../src/lib/messages/format';
import { type Beat, PACE_STEPS, paceOf } from '../../../src/lib/training/pace';
import type { MetricsEvent, TrainerEvent } from '../../../src/lib/types/trainer-events';
import { lossChart, type LossPoint } from '../output/loss-chart';
import type { Output } from '../output/output';
import { summariseEvent } from './summarise-event';

const BAR = 24;
/** A pipe gets a line at each of this share of the run. */
const PLAIN_LINE_SHARE = 0.1;
/** Why a run has failed is said with its end, and also where no event tells it. */
const TOLD = new Set<TrainerEvent['event']>(['warning', 'cancelled', 'interrupted']);

const STAGES = {
  preprocessing: 'Preparing the data',
  model_loading: 'Loading the model',
  training: 'Training',
  finalization: 'Finishing',
} as const;

const bar = (share: number): string => {
  const filled = Math.round(share * BAR);
  return `${'█'.repeat(filled)}${'░'.repeat(BAR - filled)}`;
};

/** What a person sees of a run while it goes on. */
export class ProgressView {
  readonly #output: Output;
  readonly #points: LossPoint[] = [];
  #total: number | null = null;
  #heldOut: number | null = null;
  #beats: readonly Beat[] = [];
  #toldShare = 0;

  constructor(output: Output, totalSteps: number | null) {
    this.#output = output;
    this.#total = totalSteps;
  }

  accept(event: TrainerEvent): void {
    if (event.event === 'stage') this.#stage(event);
    if (event.event === 'plan') {
      this.#total = event.total_steps;
      this.#output.note(summariseEvent(event));
    }
    if (event.event === 'evaluation' && event.group === 'all') this.#evaluated(event);
    if (event.event === 'metrics') this.#metrics(event);
    if (event.event === 'completed') this.#output.note('Checking that the adapter loads in plain PEFT');
    if (TOLD.has(event.event)) this.#output.note(summariseEvent(event), 'yellow');
  }

  /** The loss so far, as a chart. */
  chart(): string[] {
    return lossChart(this.#points);
  }

  #stage(event: Extract<TrainerEvent, { event: 'stage' }>): void {
    const detail = event.detail === '' ? '' : `: ${event.detail}`;
    this.#output.note(`${STAGES[event.name]}${detail}`);
    this.#output.liveLine(`${STAGES[event.name]} …`);
  }

  #evaluated({ step, loss, subject }: Extract<TrainerEvent, { event: 'evaluation' }>): void {
    if (subject === 'adapter' || this.#heldOut === null) this.#heldOut = loss;
    this.#points.push({ step, training_loss: null, validation_loss: loss });
  }

  #metrics(event: MetricsEvent): void {
    const { step, training_loss } = event;
    this.#points.push({ step, training_loss, validation_loss: null });
    this.#beats = [...this.#beats, { attempt: event.attempt, timestamp: event.time }].slice(-PACE_STEPS - 1);
    const share = this.#total === null ? 0 : Math.min(1, step / this.#total);
    const line = this.#describe(event, share);
    if (this.#output.live) {
      this.#output.liveLine(`${bar(share)} ${line}`);
      return;
    }
    if (share < this.#toldShare) return;
    this.#toldShare = share + PLAIN_LINE_SHARE;
    this.#output.note(line);
  }

  #describe(event: MetricsEvent, share: number): string {
    const { step, training_loss, non_finite, throughput } = event;
    const loss = training_loss === null ? (non_finite ?? '–') : training_loss.toFixed(3);
    const parts = [
      `${Math.floor(share * 100)} %`,
      `step ${step}/${this.#total ?? '?'}`,
      `loss ${loss}`,
      ...(this.#heldOut === null ? [] : [`held-out ${this.#heldOut.toFixed(3)}`]),
      `${Math.round(throughput)} tokens/s`,
      ...this.#timeLeft(event),
    ];
    return parts.join('  ');
  }

  #timeLeft({ step, step_ms }: MetricsEvent): string[] {
    if (this.#total === null) return [];
    const pace_ms = paceOf(this.#beats)?.mean ?? step_ms;
    return [`${formatDuration((this.#total - step) * pace_ms)} left`];
  }
}
