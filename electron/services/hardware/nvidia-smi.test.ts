import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseNvidiaSmi, readGpus } from './nvidia-smi';

const CARD = 'GPU-5c1f, NVIDIA GeForce RTX 4090, 580.65.06, 24564, 1126, 3, 38, 22.41';

describe('parseNvidiaSmi', () => {
  it('reads a card in bytes', () => {
    expect(parseNvidiaSmi(`${CARD}\n`)).toEqual({
      gpus: [
        {
          uuid: 'GPU-5c1f',
          name: 'NVIDIA GeForce RTX 4090',
          driver: '580.65.06',
          memory_total_bytes: 24564 * 1048576,
          memory_used_bytes: 1126 * 1048576,
          utilization: 3,
          temperature: 38,
          power_watts: 22.41,
        },
      ],
      problem: null,
      failed: false,
    });
  });

  it('keeps a figure that the card does not report as null', () => {
    const [gpu] = parseNvidiaSmi('GPU-1, A100, 580.1, 40960, 0, [N/A], 30, [Not Supported]').gpus;
    expect(gpu).toMatchObject({ utilization: null, power_watts: null });
  });

  it('lists two cards and passes over garbage', () => {
    expect(parseNvidiaSmi(`${CARD}\nwhat is this\n${CARD.replace('5c1f', '77aa')}`).gpus).toHaveLength(2);
    expect(parseNvidiaSmi('<html>').gpus).toEqual([]);
  });
});

describe('readGpus', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'smi '));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const tool = async (script: string): Promise<string> => {
    const path = join(folder, 'nvidia-smi');
    await writeFile(path, `#!/bin/sh\n${script}\n`);
    await chmod(path, 0o755);
    return path;
  };

  it('a machine without a driver has no problem', async () => {
    expect(await readGpus(join(folder, 'missing'))).toEqual({ gpus: [], problem: null, failed: false });
  });

  it('carries the words of a failing driver', async () => {
    const command = await tool('echo "Driver/library version mismatch" >&2; exit 18');
    expect(await readGpus(command)).toMatchObject({
      problem: expect.stringContaining('Driver/library version mismatch') as string,
      failed: true,
    });
  });

  it('gives up on a driver that hangs', async () => {
    expect((await readGpus(await tool('exec sleep 60'))).problem).toContain('did not answer');
  });
});
