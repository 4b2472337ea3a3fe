import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { execa, ExecaError } from 'execa';
import { z } from 'zod';
import { toErrorPayload } from '../../../src/lib/messages/app-error';
import { doctorCheck, hardwareChecks, inOrder } from '../../../src/lib/messages/hardware-checks';
import type { DoctorCheck, HardwareState } from '../../../src/lib/types/system';

const TIMEOUT_MS = 60_000;
const MOST_LETTERS = 200;

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
  readonly timeoutMs?: number;
}

/** What the trainer's Python said last, without the command that was run. */
const lastWords = (stderr: unknown): string | undefined =>
  typeof stderr === 'string' ? stderr.trim().split('\n').at(-1)?.trim() : undefined;

const runtimeFailure = (thrown: unknown): Pick<DoctorCheck, 'level' | 'message' | 'hint'> => {
  if (thrown instanceof ExecaError && thrown.timedOut)
    return {
      level: 'look',
      message: `The runtime did not answer within ${TIMEOUT_MS / 1000} s; the machine is busy.`,
      hint: 'Check again when it is idle.',
    };
  const { message } = toErrorPayload(thrown);
  const reason =
    thrown instanceof ExecaError ? [lastWords(thrown.stderr), thrown.code].find(Boolean) : message;
  return {
    level: 'failed',
    message: `The training runtime does not start: ${(reason ?? 'it gave no reason').slice(0, MOST_LETTERS)}`,
    hint: 'Run the set-up again (npm run setup); it repairs what is missing.',
  };
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
    return inOrder([...hardwareChecks(hardware), runtime, model]);
  }

  async #runtime(): Promise<DoctorCheck> {
    const title = 'Runtime';
    try {
      const { stdout } = await execa(await this.#options.python(), ['-I', '-c', RUNTIME_PROBE], {
        timeout: this.#options.timeoutMs ?? TIMEOUT_MS,
        stdin: 'ignore',
        cwd: this.#options.dataDir,
      });
      const found = RuntimeAnswer.parse(JSON.parse(stdout));
      const card = found.cuda_ready ? `CUDA ${found.cuda ?? ''}` : 'on the processor';
      const message = `Python ${found.python}, PyTorch ${found.torch}, transformers ${found.transformers}, PEFT ${found.peft}, ${card}`;
      return doctorCheck({ id: 'runtime', level: 'passed', title, message, hint: null });
    } catch (thrown) {
      return doctorCheck({ id: 'runtime', title, ...runtimeFailure(thrown) });
    }
  }

  async #model(): Promise<DoctorCheck> {
    const title = 'Bundled model';
    try {
      await access(join(this.#options.bundledModelDir, 'model.safetensors'));
      return doctorCheck({
        id: 'model',
        level: 'passed',
        title,
        message: 'SmolLM2-135M-Instruct is there, for a first try.',
        hint: null,
      });
    } catch {
      // Any reason for not reaching the file means the same to the user.
      return doctorCheck({
        id: 'model',
        level: 'look',
        title,
        message: 'The bundled small model is missing.',
        hint: 'Run the set-up again (npm run setup), or add a model folder of your own.',
      });
    }
  }
}
