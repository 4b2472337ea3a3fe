import { spawn, type ChildProcess } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openWorld, removeWorld, type World } from '../jobs/testing';
import { Follower } from './follower';

let sleeper: ChildProcess;
let window: World;
let terminal: World;
let follower: Follower;
let told: { name: string; payload: unknown }[];

beforeEach(async () => {
  terminal = await openWorld();
  sleeper = spawn('sleep', ['60']);
  window = await openWorld({ dir: terminal.dir, pid: sleeper.pid });
  told = [];
  follower = new Follower({
    repositories: window.repositories,
    paths: window.paths,
    publisher: { publish: (name, payload) => void told.push({ name, payload }) },
    dataVersion: window.dataVersion,
    ownsQueue: () => window.runner.owns,
    onFailure: (thrown) => expect.fail(String(thrown)),
    poll_ms: 20,
  });
});

afterEach(async () => {
  await follower.stop();
  await window.close();
  await terminal.close();
  sleeper.kill();
  await removeWorld(terminal.dir);
});

const payloads = (name: string): unknown[] =>
  told.filter((each) => each.name === name).map(({ payload }) => payload);

const Points = z.object({ points: z.array(z.object({ step: z.number() })) });
const News = z.object({ events: z.array(z.object({ event: z.string(), seq: z.number() })) });

const stepsTold = (): number[] =>
  payloads('jobs.points').flatMap((payload) => Points.parse(payload).points.map(({ step }) => step));

const newsTold = () => payloads('jobs.news').flatMap((payload) => News.parse(payload).events);

const eventsTold = (): string[] => newsTold().map(({ event }) => event);

describe('what another process does', () => {
  it('a run of the terminal is told here: its row, each step once, its words, its model', async () => {
    await terminal.runner.start();
    await window.runner.start();
    await follower.start();
    const job = await terminal.create('hold');
    await terminal.until(job.id, 'running');
    await expect.poll(stepsTold).not.toEqual([]);
    await terminal.jobs.cancel({ id: job.id, save: true, reason: null });
    await terminal.until(job.id, 'cancelled');
    await expect
      .poll(() => payloads('jobs.changed').at(-1))
      .toMatchObject({ id: job.id, status: 'cancelled' });
    expect(eventsTold()).toEqual(expect.arrayContaining(['plan', 'cancelled']));
    expect(new Set(stepsTold()).size).toBe(stepsTold().length);
    const points = await terminal.repositories.records.points(job.id);
    expect(stepsTold()).toEqual(points.map(({ step }) => step));
    await expect.poll(() => payloads('models.changed').length).toBeGreaterThan(0);
  });

  it('a run that was at work before is told from where its row stands', async () => {
    await terminal.runner.start();
    const job = await terminal.create('hold');
    await terminal.until(job.id, 'running');
    await expect.poll(async () => (await terminal.jobs.get(job.id)).current_step).toBeGreaterThan(0);
    const { last_seq } = await terminal.jobs.get(job.id);
    await follower.start();
    await terminal.jobs.cancel({ id: job.id, save: false, reason: null });
    await terminal.until(job.id, 'cancelled');
    await expect.poll(eventsTold).toContain('cancelled');
    const seqs = newsTold().map(({ seq }) => seq);
    expect(Math.min(...seqs)).toBeGreaterThan(last_seq);
  });

  it('datasets that it changes or deletes are told, and nothing else', async () => {
    await follower.start();
    await terminal.repositories.datasets.update(terminal.dataset_id, { name: 'Renamed' });
    await expect.poll(() => payloads('datasets.changed')).toMatchObject([{ name: 'Renamed' }]);
    await terminal.repositories.datasets.softDelete(terminal.dataset_id);
    await expect.poll(() => payloads('datasets.changed').length).toBe(2);
    expect(payloads('datasets.changed')[1]).toMatchObject({
      deleted_at: expect.stringContaining('T') as unknown,
    });
    expect(told.every(({ name }) => name === 'datasets.changed')).toBe(true);
  });

  it('a deleted run leaves the list', async () => {
    const job = await terminal.create('plain');
    await follower.start();
    await terminal.jobs.delete(job.id);
    await expect.poll(() => payloads('jobs.removed')).toEqual([{ id: job.id }]);
  });

  it('its model leaves the list with it', async () => {
    await terminal.runner.start();
    const job = await terminal.create('plain');
    const { artifact_id } = await terminal.until(job.id, 'completed');
    await follower.start();
    await terminal.jobs.delete(job.id);
    await expect.poll(() => payloads('models.removed')).toEqual([{ id: artifact_id }]);
  });

  it('what this process writes itself is not told twice', async () => {
    await follower.start();
    await window.repositories.datasets.update(window.dataset_id, { name: 'Mine' });
    await follower.look();
    expect(told).toEqual([]);
  });

  it('what it could not read is told at the next look', async () => {
    let isBroken = false;
    const { revisions, jobs, datasets, artifacts, baseModels } = window.repositories;
    const quiet = new Follower({
      repositories: {
        jobs,
        datasets,
        artifacts,
        baseModels,
        revisions: {
          all: () => (isBroken ? Promise.reject(new Error('the disk is slow')) : revisions.all()),
        },
      },
      paths: window.paths,
      publisher: { publish: (name, payload) => void told.push({ name, payload }) },
      dataVersion: window.dataVersion,
      ownsQueue: () => false,
      onFailure: (thrown) => expect.fail(String(thrown)),
    });
    await quiet.look();
    await terminal.repositories.datasets.update(terminal.dataset_id, { name: 'Renamed' });
    isBroken = true;
    await expect(quiet.look()).rejects.toThrow('the disk is slow');
    isBroken = false;
    await quiet.look();
    expect(payloads('datasets.changed')).toMatchObject([{ name: 'Renamed' }]);
  });
});
