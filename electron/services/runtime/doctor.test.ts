import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hardwareChecks } from '../../../src/lib/messages/hardware-checks';
import type { DoctorCheck, HardwareState } from '../../../src/lib/types/system';
import { HardwareService } from '../hardware/hardware-service';
import { parseNvidiaSmi } from '../hardware/nvidia-smi';
import { Doctor } from './doctor';

const NO_CARD: HardwareState = {
  gpus: [],
  problem: null,
  driver: null,
  cpu_name: 'a processor',
  cpu_cores: 2,
  cpu_bf16: false,
  memory_total_bytes: 8e9,
  memory_free_bytes: 4e9,
  disk_free_bytes: 200e9,
  disk_total_bytes: 500e9,
};

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pipeline doctor ü '));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Asks a Python that is this shell script. */
const ask = async (script: string, timeoutMs = 30_000): Promise<Map<string, DoctorCheck>> => {
  const python = join(folder, 'python');
  await writeFile(python, `#!/bin/sh\n${script}\n`);
  await chmod(python, 0o755);
  const doctor = new Doctor({
    hardware: () => Promise.resolve(NO_CARD),
    python: () => Promise.resolve(python),
    bundledModelDir: folder,
    dataDir: folder,
    timeoutMs,
  });
  return new Map((await doctor.checks()).map((check) => [check.id, check]));
};

it('a runtime that does not answer in time is a busy machine, not a broken one', async () => {
  expect((await ask('exec sleep 30', 200)).get('runtime')).toMatchObject({
    ok: true,
    level: 'look',
    message: 'The runtime did not answer within 60 s; the machine is busy.',
    hint: 'Check again when it is idle.',
  });
});

it('a runtime that fails is quoted with its last words, never with the command', async () => {
  const runtime = (await ask('echo Traceback >&2; echo "ModuleNotFoundError: torch" >&2; exit 1')).get(
    'runtime',
  );
  expect(runtime).toMatchObject({
    level: 'failed',
    message: 'The training runtime does not start: ModuleNotFoundError: torch',
  });
});

it('one that says nothing has no reason to give', async () => {
  const runtime = (await ask('exit 3')).get('runtime');
  expect(runtime?.message).toBe('The training runtime does not start: it gave no reason');
});

it('a machine without a card has nothing that needs a look', async () => {
  const checks = await ask('exit 1');
  expect(checks.get('gpus')).toMatchObject({
    level: 'not_needed',
    ok: true,
    message: 'No NVIDIA card; training runs on the processor',
    hint: expect.stringContaining('a processor, 2 cores, 7.5 GB.') as string,
  });
  expect(checks.get('driver')).toMatchObject({
    level: 'not_needed',
    message: 'No NVIDIA driver was found; without an NVIDIA card none is needed.',
  });
  expect([...checks.keys()]).toEqual(['gpus', 'driver', 'runtime', 'disk', 'model']);
});

it('a driver that does not answer has no version to judge', () => {
  const problem = 'The NVIDIA driver did not answer within 4 s.';
  const checks = new Map(hardwareChecks({ ...NO_CARD, problem }).map((check) => [check.id, check]));
  expect([checks.get('gpus')?.message, checks.get('driver')]).toMatchObject([
    problem,
    { level: 'look', ok: true, message: 'The version of the NVIDIA driver could not be read.' },
  ]);
});

const checksWith = async (driver: string) => {
  const hardware = new HardwareService({
    dataDir: folder,
    publisher: { publish: () => undefined },
    gpus: () => Promise.resolve(parseNvidiaSmi(`GPU-a, RTX 4090, ${driver}, 24564, 1, 3, 38, 22`)),
  });
  const doctor = new Doctor({
    hardware: () => hardware.current(),
    python: () => Promise.reject(new Error('not under test')),
    bundledModelDir: folder,
    dataDir: folder,
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
