import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { expect } from '@playwright/test';
import { z } from 'zod';
import { MetricsPoint } from '../src/lib/types/job-records';
import { type MetricsEvent, TrainerEvent } from '../src/lib/types/trainer-events';

/** The numbers of a step, as file, database and window all have them. */
export const Figures = z.object(
  MetricsPoint.pick({
    step: true,
    attempt: true,
    timestamp: true,
    epoch: true,
    tokens: true,
    training_loss: true,
    validation_loss: true,
    learning_rate: true,
    gradient_norm: true,
    throughput: true,
    step_ms: true,
  }).shape,
);
export type Figures = z.infer<typeof Figures>;

export const runDirOf = (dataDir: string, jobId: string): string => join(dataDir, 'runs', jobId);

/** What the trainer has written down, whole lines only. */
export const writtenEvents = async (runDir: string): Promise<TrainerEvent[]> => {
  const text = await readFile(join(runDir, 'events.jsonl'), 'utf8').catch(() => '');
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line) => TrainerEvent.parse(JSON.parse(line)));
};

export const metricsOf = (events: readonly TrainerEvent[]): MetricsEvent[] =>
  events.filter((event): event is MetricsEvent => event.event === 'metrics');

export const lastStepOf = async (runDir: string): Promise<number> =>
  metricsOf(await writtenEvents(runDir)).at(-1)?.step ?? 0;

/** Resolves once the trainer has written down a step after `step`. */
export const whenBeyond = async (runDir: string, step: number): Promise<void> => {
  await expect.poll(() => lastStepOf(runDir), { timeout: 240_000, intervals: [20] }).toBeGreaterThan(step);
};

/** Each step once, as the last attempt that did it says. */
export const figuresOf = (events: readonly TrainerEvent[]): Figures[] => {
  const bySteps = new Map(
    metricsOf(events).map(({ time, validation_loss = null, ...event }) => [
      event.step,
      Figures.parse({ ...event, timestamp: time, validation_loss }),
    ]),
  );
  return [...bySteps.values()].sort((one, other) => one.step - other.step);
};

const Row = z.object({ seq: z.int(), event: z.string() });

/** The rows of a run in the database file, read beside the app or after it. */
export const storedRows = (
  dataDir: string,
  jobId: string,
): { points: Figures[]; events: z.infer<typeof Row>[] } => {
  const db = new SQLite(join(dataDir, 'pipeline.db'), { readonly: true });
  try {
    const points = db.prepare('SELECT * FROM metrics_points WHERE job_id = ? ORDER BY step').all(jobId);
    const events = db.prepare('SELECT seq, event FROM job_events WHERE job_id = ? ORDER BY seq').all(jobId);
    return { points: z.array(Figures).parse(points), events: z.array(Row).parse(events) };
  } finally {
    db.close();
  }
};
