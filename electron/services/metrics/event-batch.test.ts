import { describe, expect, it } from 'vitest';
import { TrainerEvent } from '../../../src/lib/types/trainer-events';
import { openWorld, removeWorld } from '../jobs/testing';
import { toBatch } from './event-batch';

const step = (number: number, validation_loss?: number): TrainerEvent =>
  TrainerEvent.parse({
    event: 'metrics',
    schema: 1,
    attempt: 1,
    seq: number,
    time: '2026-01-01T00:00:00.000Z',
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
  it('keep the held-out loss of a step that is not the last of the batch', async () => {
    const world = await openWorld();
    const job = await world.create('plain');
    expect(toBatch(job, [step(1), step(2, 1.5), step(3)]).job.current_metrics).toMatchObject({
      training_loss: 2,
      validation_loss: 1.5,
    });
    expect(toBatch(job, [step(1)]).job.current_metrics?.validation_loss).toBeUndefined();
    await world.close();
    await removeWorld(world.dir);
  });
});
