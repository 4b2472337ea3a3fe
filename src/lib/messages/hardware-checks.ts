import type { DoctorCheck, HardwareState } from '../types/system';
import { formatBytes, formatMemory } from './format';

/**
 * The bundled PyTorch needs at least this driver. scripts/setup/runtime-variants.mjs says it again: the
 * set-up is plain Node and cannot load TypeScript. Its test holds the two together.
 */
export const OLDEST_DRIVER = 580;
const DISK_LOW_BYTES = 5e9;
const DISK_NEEDED_BYTES = 1e9;

export const isNewEnough = (driver: string): boolean => Number.parseInt(driver, 10) >= OLDEST_DRIVER;

type Finding = Omit<DoctorCheck, 'ok'>;

export const doctorCheck = (finding: Finding): DoctorCheck => ({
  ...finding,
  ok: finding.level !== 'failed',
});

/** `AMD EPYC 7B13, 2 cores, 23.5 GB`. */
const processorWords = ({ cpu_name, cpu_cores, memory_total_bytes }: HardwareState): string =>
  `${cpu_name}, ${cpu_cores} ${cpu_cores === 1 ? 'core' : 'cores'}, ${formatMemory(memory_total_bytes)}`;

const gpuCheck = (hardware: HardwareState): Finding => {
  const { gpus, problem } = hardware;
  const about = { id: 'gpus', title: 'Graphics card' } as const;
  if (gpus.length > 0) {
    const cards = gpus.map((gpu) => `${gpu.name}, ${formatMemory(gpu.memory_total_bytes)}`).join('; ');
    return { ...about, level: 'passed', message: cards, hint: null };
  }
  if (problem === null)
    return {
      ...about,
      level: 'not_needed',
      message: 'No NVIDIA card; training runs on the processor',
      hint: `${processorWords(hardware)}. Small models train well on it. If there is a card, install its driver.`,
    };
  return {
    ...about,
    level: 'look',
    message: problem,
    hint: `Until then training runs on the processor: ${processorWords(hardware)}.`,
  };
};

const driverCheck = ({ driver, problem }: HardwareState): Finding => {
  const about = { id: 'driver', title: 'Driver' } as const;
  if (driver === null && problem === null)
    return {
      ...about,
      level: 'not_needed',
      message: 'No NVIDIA driver was found; without an NVIDIA card none is needed.',
      hint: null,
    };
  if (driver === null)
    return {
      ...about,
      level: 'look',
      message: 'The version of the NVIDIA driver could not be read.',
      hint: 'The check of the graphics card says what went wrong.',
    };
  if (isNewEnough(driver))
    return {
      ...about,
      level: 'passed',
      message: `Driver ${driver} (${OLDEST_DRIVER} or later is needed).`,
      hint: null,
    };
  return {
    ...about,
    level: 'failed',
    message: `Driver ${driver} is too old: the bundled PyTorch needs ${OLDEST_DRIVER} or later.`,
    hint: `Install NVIDIA driver ${OLDEST_DRIVER} or later; until then jobs run on the processor.`,
  };
};

const diskLevel = (free: number): DoctorCheck['level'] => {
  if (free < DISK_NEEDED_BYTES) return 'failed';
  return free < DISK_LOW_BYTES ? 'look' : 'passed';
};

const diskCheck = ({ disk_free_bytes: free, disk_total_bytes: total }: HardwareState): Finding => {
  const level = diskLevel(free);
  return {
    id: 'disk',
    level,
    title: 'Disk',
    message: `${formatBytes(free)} free of ${formatBytes(total)} in the data folder`,
    hint: level === 'passed' ? null : 'Free some space on this drive, or start with another data folder.',
  };
};

/** What is known without starting anything. */
export const hardwareChecks = (hardware: HardwareState): DoctorCheck[] =>
  [gpuCheck(hardware), driverCheck(hardware), diskCheck(hardware)].map(doctorCheck);

const ORDER: readonly DoctorCheck['id'][] = ['gpus', 'driver', 'runtime', 'disk', 'model'];

/** The same order wherever they are told. */
export const inOrder = (checks: readonly DoctorCheck[]): DoctorCheck[] =>
  checks.toSorted((one, other) => ORDER.indexOf(one.id) - ORDER.indexOf(other.id));
