import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { HardwareService } from './hardware-service';
import { type GpuReading, parseNvidiaSmi } from './nvidia-smi';

const NONE: GpuReading = { gpus: [], problem: 'No NVIDIA driver was found.', failed: false };
const SILENT: GpuReading = { gpus: [], problem: 'The NVIDIA driver did not answer.', failed: true };

const cards = (driver: string, ...uuids: string[]): GpuReading =>
  parseNvidiaSmi(uuids.map((uuid) => `${uuid}, RTX 4090, ${driver}, 24564, 1, 3, 38, 22`).join('\n'));

/** A machine whose driver answers each question with the next of `readings`. */
const machine = (readings: readonly GpuReading[], read_again_ms = 0) => {
  const left = [...readings];
  const gpus = () => Promise.resolve(left.shift() ?? NONE);
  const service = new HardwareService({
    dataDir: tmpdir(),
    publisher: { publish: () => undefined },
    gpus,
    read_again_ms,
  });
  return { service, left };
};

describe('what runs can be given', () => {
  it('the cards and the processor', async () => {
    const { service } = machine([cards('580.65.06', 'GPU-a', 'GPU-b'), NONE]);
    expect(await service.devices()).toEqual(['GPU-a', 'GPU-b', 'cpu']);
    expect(await service.devices()).toEqual(['cpu']);
  });

  it('a driver that fails for a moment takes no card away', async () => {
    const { service } = machine([SILENT, cards('580.65.06', 'GPU-a'), SILENT]);
    expect(await service.devices()).toEqual(['cpu']);
    expect(await service.devices()).toEqual(['GPU-a', 'cpu']);
    expect(await service.devices()).toEqual(['GPU-a', 'cpu']);
  });

  it('the driver is asked at most once in a while', async () => {
    const { service, left } = machine([NONE, NONE], 60_000);
    for (let round = 0; round < 3; round += 1) await service.devices();
    expect(left).toHaveLength(1);
  });
});

describe('a card whose driver is too old', () => {
  it('is not used, and the reason is said with the driver', async () => {
    const { service } = machine(Array.from({ length: 2 }, () => cards('535.183.01', 'GPU-a')));
    expect(await service.devices()).toEqual(['cpu']);
    expect(await service.current()).toMatchObject({
      gpus: [],
      driver: '535.183.01',
      problem: 'RTX 4090 is not used: driver 535.183.01 is too old, training needs 580 or later.',
    });
  });

  it('is no matter where the driver is new enough', async () => {
    const { service } = machine([cards('580.65.06', 'GPU-a')]);
    expect(await service.current()).toMatchObject({
      gpus: [{ uuid: 'GPU-a' }],
      driver: '580.65.06',
      problem: null,
    });
  });
});
