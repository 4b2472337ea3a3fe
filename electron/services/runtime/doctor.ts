import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import { formatBytes, formatMemory } from '../../../src/lib/messages/format';
import type { DoctorCheck, HardwareState } from '../../../src/lib/types/system';
import { isNewEnough, OLDEST_DRIVER } from '../hardware/usable-cards';

const DISK_LOW_BYTES = 5e9;
const DISK_NEEDED_BYTES = 1e9;
const TIMEOUT_MS = 60_000;

const RUNTIME_PROBE =
  'import json,sys,torch,transformers,peft;print(json.dumps({"python":sys.version.split()[0],"torch":torch.__version__,' +
  '"transformers":transformers.__version__,"peft":peft.__version__,"cuda":torch.version.cuda,' +
  '"cuda_ready":torch.cuda.is_available()}))';

const RuntimeAnswer = z.object({
  python: z.string(),
  torch: z.string(),
  transformers: z.string(),
  peft: z.string(),
  cuda: z.string().nullable(),
  cuda_ready: z.boolean(),
});

interface DoctorOptions {
  readonly hardware: () => Promise<HardwareState>;
  readonly python: () => Promise<string>;
  readonly bundledModelDir: string;
  readonly dataDir: string;
}

type Verdict = Omit<DoctorCheck, 'ok'>;

const check = (verdict: Verdict): DoctorCheck => ({ ...verdict, ok: verdict.level !== 'failed' });

const gpuCheck = ({ gpus, problem }: HardwareState): DoctorCheck => {
  const title = 'Graphics card';
  if (gpus.length === 0) {
    return check({
      id: 'gpus',
      level: 'look',
      title,
      message: problem ?? 'No NVIDIA card.',
      hint: 'Small models train on the processor; larger ones need an NVIDIA card.',
    });
  }
  const cards = gpus.map((gpu) => `${gpu.name}, ${formatMemory(gpu.memory_total_bytes)}`).join('; ');
  return check({ id: 'gpus', level: 'passed', title, message: cards, hint: null });
};

const driverCheck = (driver: string | null): DoctorCheck => {
  const title = 'Driver';
  if (driver === null) {
    return check({
      id: 'driver',
      level: 'passed',
      title,
      message: 'Not needed without an NVIDIA card.',
      hint: null,
    });
  }
  if (isNewEnough(driver)) {
    return check({
      id: 'driver',
      level: 'passed',
      title,
      message: `Driver ${driver} (${OLDEST_DRIVER} or later is needed).`,
      hint: null,
    });
  }
  return check({
    id: 'driver',
    level: 'failed',
    title,
    message: `Driver ${driver} is too old: the bundled PyTorch needs ${OLDEST_DRIVER} or later.`,
    hint: `Install NVIDIA driver ${OLDEST_DRIVER} or later; until then jobs run on the processor.`,
  });
};

const diskCheck = (free: number, total: number): DoctorCheck => {
  const message = `${formatBytes(free)} free of ${formatBytes(total)} in the data folder`;
  const hint = 'Free some space on this drive, or start with another data folder.';
  if (free < DISK_NEEDED_BYTES) return check({ id: 'disk', level: 'failed', title: 'Disk', message, hint });
  return check({
    id: 'disk',
    level: free < DISK_LOW_BYTES ? 'look' : 'passed',
    title: 'Disk',
    message,
    hint: free < DISK_LOW_BYTES ? hint : null,
  });
};

/** Looks at card, driver, runtime, disk and bundled model, and says of each what was found. */
export class Doctor {
  readonly #options: DoctorOptions;

  constructor(options: DoctorOptions) {
    this.#options = options;
  }

  async checks(): Promise<DoctorCheck[]> {
    const [hardware, runtime, model] = await Promise.all([
      this.#options.hardware(),
      this.#runtime(),
      this.#model(),
    ]);
    return [
      gpuCheck(hardware),
      driverCheck(hardware.driver),
      runtime,
      diskCheck(hardware.disk_free_bytes, hardware.disk_total_bytes),
      model,
    ];
  }

  async #runtime(): Promise<DoctorCheck> {
    const title = 'Runtime';
    try {
      const { stdout } = await execa(await this.#options.python(), ['-I', '-c', RUNTIME_PROBE], {
        timeout: TIMEOUT_MS,
        stdin: 'ignore',
        cwd: this.#options.dataDir,
      });
      const found = RuntimeAnswer.parse(JSON.parse(stdout));
      const card = found.cuda_ready ? `CUDA ${found.cuda ?? ''}` : 'on the processor';
      const message = `Python ${found.python}, PyTorch ${found.torch}, transformers ${found.transformers}, PEFT ${found.peft}, ${card}`;
      return check({ id: 'runtime', level: 'passed', title, message, hint: null });
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message.split('\n')[0] : String(thrown);
      return check({
        id: 'runtime',
        level: 'failed',
        title,
        message: `The training runtime does not start: ${reason ?? 'no reason given'}`,
        hint: 'Run the set-up again (npm run setup); it repairs what is missing.',
      });
    }
  }

  async #model(): Promise<DoctorCheck> {
    const title = 'Bundled model';
    try {
      await access(join(this.#options.bundledModelDir, 'model.safetensors'));
      return check({
        id: 'model',
        level: 'passed',
        title,
        message: 'SmolLM2-135M-Instruct is there, for a first try.',
        hint: null,
      });
    } catch {
      // Any reason for not reaching the file means the same to the user.
      return check({
        id: 'model',
        level: 'look',
        title,
        message: 'The bundled small model is missing.',
        hint: 'Run the set-up again (npm run setup), or add a model folder of your own.',
      });
    }
  }
}
