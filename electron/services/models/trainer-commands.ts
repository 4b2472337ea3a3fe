import { z } from 'zod';
import type { ExportFormat } from '../../../src/lib/types/model-artifact';
import { AdapterPath } from '../../../src/lib/types/trainer-events';
import type { Quantization } from '../../../src/lib/types/training-settings';
import { inputFlags, type RunInputs } from '../trainer/run-inputs';
import type { LrRange } from '../../../src/lib/types/lr-range';
import type { OneShot, Resumption, SweepWatch } from '../trainer/one-shot';
import type { AdapterCheck } from './artifact-maker';

const Probed = z.object({ step_ms: z.number().positive() });
const ProbedMemory = z.object({
  peak_memory_bytes: z.int().min(1),
  rows: z.int().min(1),
  longest_row_tokens: z.int().min(1),
  trained_tokens: z.int().min(0),
  path: AdapterPath,
  precision: z.enum(['bf16', 'fp32']),
});
export type ProbedMemory = z.infer<typeof ProbedMemory>;

export interface Question {
  readonly baseModelDir: string;
  readonly adapterDir?: string;
  /** Of the base model, as the adapter learned on it: so its answers are those of the run, in the same memory. */
  readonly quantization?: Quantization;
  readonly prompt: string;
  readonly compare?: boolean | undefined;
  readonly max_new_tokens?: number | undefined;
  readonly temperature?: number | undefined;
  readonly seed?: number | undefined;
}

export interface ResumeQuestion {
  readonly runDir: string;
  readonly inputs: RunInputs;
  /** A card by its UUID, or `cpu`. */
  readonly device: string;
  readonly signal: AbortSignal;
}

interface ExportWish {
  readonly format: ExportFormat;
  readonly to: string;
  readonly card: string;
  readonly runDir?: string;
  /** All is written, and the check begins. */
  readonly onChecking: () => void;
}

type Short = Pick<OneShot, 'generate' | 'export' | 'verify' | 'mayResume' | 'probe' | 'lrRange'>;

/** The trainer's short commands with their arguments, in one place. */
export class TrainerCommands {
  readonly #oneShot: Short;

  constructor(oneShot: Short) {
    this.#oneShot = oneShot;
  }

  verify(check: AdapterCheck, signal?: AbortSignal) {
    return this.#oneShot.verify(checked(check), signal);
  }

  /** Whether the next attempt of a run would go on, by the checks that it makes itself. */
  mayResume({ runDir, inputs, device, signal }: ResumeQuestion, cacheDir: string): Promise<Resumption> {
    const argv = [runDir, '--cache-dir', cacheDir, ...inputFlags(inputs)];
    return this.#oneShot.mayResume(argv, device, signal);
  }

  /** How long an optimizer step of full rows takes, reckoned from its matrix products in a few seconds. */
  async probe(runDir: string): Promise<{ readonly step_ms: number }> {
    return Probed.parse(await this.#oneShot.probe([runDir, '--quick']));
  }

  /** The most that two steps of a run hold: of its longest row, and of as many of them as it takes at once. */
  async probeMemory(runDir: string, signal: AbortSignal): Promise<ProbedMemory> {
    return ProbedMemory.parse(await this.#oneShot.probe([runDir, '--memory'], signal));
  }

  /** The loss of a few steps at a rising learning rate; nothing of them is kept. */
  lrRange(runDir: string, steps: number, watch: SweepWatch): Promise<LrRange> {
    return this.#oneShot.lrRange([runDir, '--steps', String(steps)], watch);
  }

  /** Answers of the base model, of the adapter, or with `compare` of both. Greedy unless a temperature is given. */
  generate({ baseModelDir, adapterDir, prompt, ...how }: Question) {
    const flags: readonly (readonly [string, string | number | undefined])[] = [
      ['--adapter', adapterDir],
      ['--quantization', how.quantization],
      ['--max-new-tokens', how.max_new_tokens],
      ['--temperature', how.temperature],
      ['--seed', how.seed],
    ];
    const given = flags.flatMap(([name, value]) => (value === undefined ? [] : [name, String(value)]));
    const compare = how.compare === true ? ['--compare'] : [];
    // With `=` a prompt may begin with a dash.
    return this.#oneShot.generate(['--base-model', baseModelDir, `--prompt=${prompt}`, ...given, ...compare]);
  }

  export({ format, to, card, runDir, onChecking, ...check }: AdapterCheck & ExportWish) {
    const run = runDir === undefined ? [] : ['--run', runDir];
    const argv = [...checked(check), '--format', format, '--to', to, '--card', card, ...run];
    return this.#oneShot.export(argv, onChecking);
  }
}

const checked = ({ adapterDir, baseModelDir, quantization }: AdapterCheck): string[] => [
  ...['--adapter', adapterDir],
  ...['--base-model', baseModelDir],
  ...['--quantization', quantization],
];
