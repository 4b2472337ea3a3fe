import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { HardwareService } from '../hardware/hardware-service';
import { parseNvidiaSmi } from '../hardware/nvidia-smi';
import { Doctor } from './doctor';

const checksWith = async (driver: string) => {
  const hardware = new HardwareService({
    dataDir: tmpdir(),
    publisher: { publish: () => undefined },
    gpus: () => Promise.resolve(parseNvidiaSmi(`GPU-a, RTX 4090, ${driver}, 24564, 1, 3, 38, 22`)),
  });
  const doctor = new Doctor({
    hardware: () => hardware.current(),
    python: () => Promise.reject(new Error('not under test')),
    bundledModelDir: tmpdir(),
    dataDir: tmpdir(),
  });
  return new Map((await doctor.checks()).map((check) => [check.id, check]));
};

it('names a driver that is too old and lists no card of it as usable', async () => {
  const checks = await checksWith('535.183.01');
  expect(checks.get('gpus')).toMatchObject({
    level: 'look',
    message: expect.stringContaining('not used') as string,
  });
  expect(checks.get('driver')).toMatchObject({
    level: 'failed',
    message: 'Driver 535.183.01 is too old: the bundled PyTorch needs 580 or later.',
  });
});

it('lists the card and its driver where the driver is new enough', async () => {
  const checks = await checksWith('580.65.06');
  expect([checks.get('gpus')?.level, checks.get('driver')?.level]).toEqual(['passed', 'passed']);
});
