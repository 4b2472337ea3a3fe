import { describe, expect, it } from 'vitest';
import { TrainerEvent } from '../../../src/lib/types/trainer-events';
import { openWorld, removeWorld } from '../jobs/testing';
import { beatsOf, toBatch } from './event-batch';

const step = (number: number, validation_loss?: number): TrainerEvent =>
  TrainerEvent.parse({
    event: 'metrics',
    schema: 1,
    attempt: 1,
    seq: number,
    time: new Date(Date.UTC(2026, 0, 1) + number * 1000).toISOString(),
    step: number,
    epoch: 0,
    tokens: number,
    training_loss: 2,
    non_finite: null,
    learning_rate: 1e-4,
    gradient_norm: 1,
    throughput: 100,
    step_ms: 10,
    ...(validation_loss !== undefined && { validation_loss }),
  });

describe('the figures of a job after a batch', () => {
  it('keep a held-out loss inside the batch, and tell the end by the pace of the last steps', async () => {
    const world = await openWorld();
    const job = await world.create('plain');
    expect(toBatch(job, [step(1), step(2, 1.5), step(3)]).job.current_metrics).toMatchObject({
      training_loss: 2,
      validation_loss: 1.5,
    });
    expect(toBatch(job, [step(1)]).job.current_metrics?.validation_loss).toBeUndefined();
    const run = { ...job, total_steps: 10 };
    // A step of 10 ms that comes every second: what lies between two steps takes its time too.
    expect(toBatch(run, [step(4)], beatsOf([step(2), step(3)])).job.estimated_completion_at).toBe(
      '2026-01-01T00:00:10.000Z',
    );
    expect(toBatch(run, [step(4)]).job.estimated_completion_at).toBe('2026-01-01T00:00:04.060Z');
    await world.close();
    await removeWorld(world.dir);
  });

  it('tell the pace of the last steps with how far it moves', async () => {
    const world = await openWorld();
    const job = { ...(await world.create('plain')), total_steps: 100 };
    const steps = Array.from({ length: 21 }, (_, index) => step(index + 1));
    expect(toBatch(job, steps).job.current_metrics).toMatchObject({
      pace_ms: 1000,
      pace_spread_ms: 0,
      pace_steps: 20,
    });
    expect(toBatch(job, steps.slice(0, 1)).job.current_metrics?.pace_spread_ms).toBeUndefined();
    await world.close();
    await removeWorld(world.dir);
  });
});

describe('a checkpoint', () => {
  it('was saved when the trainer says so, however late its events are read', async () => {
    const world = await openWorld();
    const job = await world.create('replayed');
    const time = '2026-01-01T03:12:00.000Z';
    const event = TrainerEvent.parse({
      event: 'checkpoint',
      schema: 1,
      attempt: 1,
      seq: 9,
      time,
      step: 5,
      path: 'checkpoints/step-000005',
      size_bytes: 1,
      sha256: 'a'.repeat(64),
      validation_loss: null,
      best: false,
      pruned: [],
    });
    await world.repositories.ingest.append(job.id, toBatch(job, [event]));
    expect(await world.repositories.records.checkpoints(job.id)).toMatchObject([{ created_at: time }]);
    await world.close();
    await removeWorld(world.dir);
  });
});
