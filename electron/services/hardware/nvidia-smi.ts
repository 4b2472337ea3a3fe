import { execa } from 'execa';
import { z } from 'zod';
import type { GpuState } from '../../../src/lib/types/system';

const FIELDS = [
  'uuid',
  'name',
  'driver_version',
  'memory.total',
  'memory.used',
  'utilization.gpu',
  'temperature.gpu',
  'power.draw',
] as const;
const MEBIBYTE = 1024 * 1024;
const TIMEOUT_MS = 4000;

/** What the driver's own tool says, or the sentence that says why it says nothing; neither without a driver. */
export interface GpuReading {
  readonly gpus: GpuState[];
  readonly problem: string | null;
  /** The driver is there and did not answer as it should: what it lists otherwise is not known. */
  readonly failed: boolean;
}

const optional = (text: string | undefined): number | null => {
  const value = Number(text);
  return text === undefined || text === '' || Number.isNaN(value) ? null : value;
};

const Row = z
  .array(z.string())
  .length(FIELDS.length)
  .transform(([uuid = '', name = '', driver = '', total, used, utilization, temperature, power]) => ({
    uuid,
    name,
    driver,
    memory_total_bytes: Math.round((optional(total) ?? 0) * MEBIBYTE),
    memory_used_bytes: Math.round((optional(used) ?? 0) * MEBIBYTE),
    utilization: optional(utilization),
    temperature: optional(temperature),
    power_watts: optional(power),
  }));

const isCard = (gpu: GpuState): boolean => gpu.uuid.startsWith('GPU-') && gpu.memory_total_bytes > 0;

/** Reads the answer to `--query-gpu=… --format=csv,noheader,nounits`. */
export const parseNvidiaSmi = (text: string): GpuReading => {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const gpus = lines
    .map((line) => Row.safeParse(line.split(',').map((cell) => cell.trim())))
    .flatMap((row) => (row.success && isCard(row.data) ? [row.data] : []));
  if (gpus.length > 0) return { gpus, problem: null, failed: false };
  return {
    gpus: [],
    problem: 'The NVIDIA driver answered, but listed no card that can be used.',
    failed: false,
  };
};

const sentenceFor = (failure: {
  code?: string;
  timedOut?: boolean;
  stderr?: unknown;
  stdout?: unknown;
}): string | null => {
  if (failure.code === 'ENOENT') return null;
  if (failure.timedOut)
    return `The NVIDIA driver did not answer within ${TIMEOUT_MS / 1000} s. Restarting the computer usually helps.`;
  const words = [failure.stderr, failure.stdout].find(
    (text) => typeof text === 'string' && text.trim() !== '',
  );
  return `The NVIDIA driver reported a fault: ${typeof words === 'string' ? words.trim().slice(0, 200) : 'no reason given'}`;
};

/** Asks the driver once. Never throws; a hanging driver costs four seconds. */
export const readGpus = async (command = 'nvidia-smi'): Promise<GpuReading> => {
  const result = await execa(command, [`--query-gpu=${FIELDS.join(',')}`, '--format=csv,noheader,nounits'], {
    timeout: TIMEOUT_MS,
    forceKillAfterDelay: 500,
    maxBuffer: MEBIBYTE,
    reject: false,
    stdin: 'ignore',
  });
  if (!result.failed) return parseNvidiaSmi(result.stdout);
  return { gpus: [], problem: sentenceFor(result), failed: result.code !== 'ENOENT' };
};
