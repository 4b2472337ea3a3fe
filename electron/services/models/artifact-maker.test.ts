import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TrainingJob } from '../../../src/lib/types/lora-training';
import { openWorld, removeWorld, type World } from '../jobs/testing';
import { ArtifactMaker, type ArtifactMakerOptions, type Result } from './artifact-maker';

const header = Buffer.from('{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}');
const length = Buffer.alloc(8);
length.writeBigUInt64LE(BigInt(header.length));
const WEIGHTS = Buffer.concat([length, header, Buffer.alloc(4)]);
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

let world: World;
let job: TrainingJob;
beforeEach(async () => {
  world = await openWorld();
  job = await world.create('plain');
});
afterEach(async () => {
  await world.close();
  await removeWorld(world.dir);
});

const userDir = (): string => join(world.paths.storageDir, 'lora-models', job.user_id);
const adapterDir = (): string => join(world.jobs.runDir(job.id), 'adapter');

const trained = async (weights: Buffer = WEIGHTS): Promise<void> => {
  await mkdir(adapterDir());
  await writeFile(join(adapterDir(), 'adapter_model.safetensors'), weights, { mode: 0o644 });
  await writeFile(join(adapterDir(), 'adapter_config.json'), '{"r": 8}', { mode: 0o644 });
};

const make = (options: Partial<ArtifactMakerOptions> = {}) => {
  const { paths, repositories } = world;
  const maker = new ArtifactMaker({
    repositories,
    paths,
    verify: () => Promise.resolve({ ok: true }),
    ...options,
  });
  const result: Result = {
    job,
    to: 'cancelled',
    adapter_path: 'adapter',
    adapter_sha256: sha256(WEIGHTS),
    source_step: 1,
    changes: {},
  };
  return maker.make(result);
};

/** What is below the user's part of the bucket, without its folder where that was never made. */
const stored = async (): Promise<string[]> => {
  await mkdir(userDir(), { recursive: true });
  return readdir(userDir(), { recursive: true });
};

it('a check that hangs is stopped, and the run fails with what to do', async () => {
  await trained();
  const hanging: ArtifactMakerOptions['verify'] = (_check, signal) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('stopped')));
    });
  await expect(make({ verify: hanging, check_patience_ms: 20 })).rejects.toMatchObject({
    code: 'check_too_long',
    hint: expect.stringContaining('Resume') as string,
  });
  expect(await stored()).toEqual([]);
});

describe('a stored model', () => {
  it('is E01’s four files, private, each with its size and hash, and the copy is what was checked', async () => {
    await trained();
    const seen: string[] = [];
    const made = await make({
      verify: async (check) => {
        seen.push(...(await readdir(check.adapterDir)), check.adapterDir);
        return { ok: true };
      },
    });
    const names = [
      'adapter_model.safetensors',
      'adapter_config.json',
      'training_args.json',
      'training_log.jsonl',
    ];
    expect(seen).toEqual([...names.toSorted(), join(userDir(), `${job.id}.new`)]);
    expect(made?.artifact.artifacts.map(({ name }) => name)).toEqual(names);
    for (const { path, size_bytes, sha256: hash } of made?.artifact.artifacts ?? []) {
      const place = join(world.paths.storageDir, 'lora-models', path);
      const bytes = await readFile(place);
      expect([bytes.length, sha256(bytes), (await stat(place)).mode & 0o777]).toEqual([
        size_bytes,
        hash,
        0o600,
      ]);
    }
    expect(await stored()).toHaveLength(names.length + 1);
  });

  it.each([
    ['storage_too_large', WEIGHTS, { maxFileBytes: () => Promise.resolve(WEIGHTS.length - 1) }],
    ['adapter_unusable', Buffer.from('other weights'), {}],
    ['adapter_unusable', WEIGHTS, { verify: () => Promise.resolve({ ok: false }) }],
  ] as const)('is not made, and leaves nothing, where it is refused: %s', async (code, weights, options) => {
    await trained(weights);
    await expect(make(options)).rejects.toMatchObject({ code });
    expect(await stored()).toEqual([]);
    expect(await world.models.list()).toEqual([]);
  });

  it('is not made of a pickle, nor through a link of the bucket', async () => {
    await trained();
    await writeFile(join(adapterDir(), 'adapter_config.json'), Buffer.from([0x80, 0x04, 0x95, 0x0a]));
    await expect(make()).rejects.toMatchObject({ code: 'storage_type_refused' });
    expect(await stored()).toEqual([]);
    const outside = join(world.dir, 'outside');
    await mkdir(outside);
    await symlink(outside, join(userDir(), job.id));
    await writeFile(join(adapterDir(), 'adapter_config.json'), '{}');
    await expect(make()).rejects.toMatchObject({ code: 'storage_link_refused' });
    expect(await readdir(outside)).toEqual([]);
  });

  it('leaves the bucket with its run', async () => {
    await trained();
    await make();
    await world.jobs.delete(job.id);
    expect(await stored()).toEqual([]);
  });
});

it('its duration leaves out what lies between two attempts', async () => {
  await trained();
  const beat = (attempt: number, seq: number, time: string): string =>
    `${JSON.stringify({ event: 'heartbeat', schema: 1, attempt, seq, time })}\n`;
  await writeFile(
    join(world.jobs.runDir(job.id), 'events.jsonl'),
    [
      beat(1, 1, '2026-03-01T10:00:00.000Z'),
      beat(1, 2, '2026-03-01T10:01:00.000Z'),
      beat(2, 3, '2026-03-02T10:00:00.000Z'),
      beat(2, 4, '2026-03-02T10:00:30.000Z'),
    ].join(''),
  );
  expect((await make())?.artifact.training_summary).toMatchObject({ duration_ms: 90_000 });
});
