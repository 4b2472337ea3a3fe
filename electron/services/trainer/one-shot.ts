import { type ChildProcess, spawn } from 'node:child_process';
import { z } from 'zod';
import { AppError } from '../../../src/lib/messages/app-error';
import { LrPoint, LrRange } from '../../../src/lib/types/lr-range';
import { ExportVerification } from '../../../src/lib/types/model-artifact';
import { Count, Sha256 } from '../../../src/lib/types/primitives';
import { ErrorPayload } from '../../../src/lib/types/system';
import { trainerEnvironment } from './environment';
import { onDevices } from './launcher';
import { LineSplitter } from './line-splitter';
import { findPython, type RuntimePlaces } from './runtime';

export interface OneShotOptions extends RuntimePlaces {
  readonly trainerDir: string;
}

export const Answers = z.object({ base: z.string().optional(), adapter: z.string().optional() });
export type Answers = z.infer<typeof Answers>;
export const ExportResult = z.object({
  path: z.string(),
  files: z.array(z.object({ name: z.string(), size_bytes: Count, sha256: Sha256 })),
  verification: ExportVerification,
});
export type ExportResult = z.infer<typeof ExportResult>;
export const VerifyResult = z.looseObject({ ok: z.boolean() });
export type VerifyResult = z.infer<typeof VerifyResult>;
/**
 * `step` is that of the checkpoint to go on from, null where there is none, and `skipped` why newer ones cannot be used;
 * `changes` is empty where that is bit for bit.
 */
export const Resumption = z.object({
  step: Count.nullable(),
  skipped: z.array(z.string()),
  changes: z.array(z.string()),
});
export type Resumption = z.infer<typeof Resumption>;

/** Said once the files are written and before they are loaded again. */
const Checking = z.object({ event: z.literal('checking') });
const Swept = z.object({ point: LrPoint });

const ERROR_TAIL_LINES = 20;
const LEAVE_PATIENCE_MS = 30_000;

interface Finished {
  readonly code: number | null;
  readonly documents: readonly unknown[];
  readonly stderr: readonly string[];
}

interface Meanwhile {
  readonly signal?: AbortSignal | undefined;
  /** Where it looks; at all there is if not given. */
  readonly device?: string;
  readonly onDocument?: (document: unknown) => void;
  /** Where the signal ends it at its next step, so that it can sweep what it has begun, and not at once. */
  readonly leaves?: boolean;
}

export interface SweepWatch {
  readonly signal?: AbortSignal | undefined;
  readonly onPoint: (point: LrPoint) => void;
}

/** Its stdin ends, by which it leaves at its next step; one that does not is killed. */
const letGo = (child: ChildProcess): void => {
  child.stdin?.end();
  const killing = setTimeout(() => child.kill('SIGKILL'), LEAVE_PATIENCE_MS);
  child.once('close', () => clearTimeout(killing));
};

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};

const Failure = z.union([
  z.object({ event: z.literal('failed'), ...ErrorPayload.shape }),
  z.object({ error: ErrorPayload }).transform(({ error }) => error),
]);

/** Runs the trainer's short commands and reads what they print. */
export class OneShot {
  readonly #options: OneShotOptions;

  constructor(options: OneShotOptions) {
    this.#options = options;
  }

  async generate(argv: readonly string[]): Promise<Answers> {
    const schema = z.object({ event: z.literal('done'), answers: Answers });
    return (await this.run(['generate', ...argv], schema)).answers;
  }

  /** `onChecking` hears when all is written and the check begins. */
  export(argv: readonly string[], onChecking: () => void): Promise<ExportResult> {
    const onDocument = (document: unknown) => {
      if (Checking.safeParse(document).success) onChecking();
    };
    return this.run(['export', ...argv], ExportResult, { onDocument });
  }

  verify(argv: readonly string[], signal?: AbortSignal): Promise<VerifyResult> {
    return this.run(['verify', ...argv], VerifyResult, { signal });
  }

  mayResume(argv: readonly string[], device: string, signal: AbortSignal): Promise<Resumption> {
    return this.run(['may-resume', ...argv], Resumption, { device, signal });
  }

  probe(argv: readonly string[], signal?: AbortSignal): Promise<Record<string, unknown>> {
    return this.run(['probe', ...argv], z.record(z.string(), z.unknown()), { signal, leaves: true });
  }

  lrRange(argv: readonly string[], { signal, onPoint }: SweepWatch): Promise<LrRange> {
    const onDocument = (document: unknown) => {
      const swept = Swept.safeParse(document);
      if (swept.success) onPoint(swept.data.point);
    };
    return this.run(['lr-range', ...argv], LrRange, { signal, onDocument, leaves: true });
  }

  /**
   * The last printed document of the form asked for. Throws the trainer's own error where it names one, and
   * an AbortError where the signal ends the command, which it does at once unless that leaves by itself.
   */
  async run<Output>(
    argv: readonly string[],
    schema: z.ZodType<Output>,
    meanwhile: Meanwhile = {},
  ): Promise<Output> {
    const finished = await this.#spawn(argv, meanwhile);
    for (const document of finished.documents.toReversed()) {
      const failure = Failure.safeParse(document);
      if (failure.success) throw new AppError(failure.data);
      const found = schema.safeParse(document);
      if (found.success) return found.data;
    }
    throw new AppError({
      code: 'trainer_failed',
      message: `The trainer's ${argv[0] ?? 'command'} ended with status ${finished.code ?? 'unknown'} and no answer.`,
      hint: finished.stderr.at(-1) ?? 'It printed nothing.',
    });
  }

  async #spawn(
    argv: readonly string[],
    { signal, device = 'cpu', onDocument, leaves }: Meanwhile,
  ): Promise<Finished> {
    const python = await findPython(this.#options);
    signal?.throwIfAborted();
    const documents: unknown[] = [];
    const stderr: string[] = [];
    const out = new LineSplitter({
      onLine: (line) => {
        const document = parsed(line);
        documents.push(document);
        onDocument?.(document);
      },
    });
    const errors = new LineSplitter({
      onLine: (line) => stderr.splice(0, stderr.length - ERROR_TAIL_LINES + 1, line),
    });
    const child = spawn(python, ['-m', 'pipeline_trainer', '--attended', ...argv], {
      env: trainerEnvironment(onDevices(this.#options.env, [device]), this.#options.trainerDir),
      // Nothing is written to it: its end tells the child that we are gone, however we went.
      stdio: ['pipe', 'pipe', 'pipe'],
      // Ctrl-C in a terminal is for us alone: whether the command then ends is ours to say.
      detached: true,
      windowsHide: true,
      signal: leaves ? undefined : signal,
      killSignal: 'SIGKILL',
    });
    const leave = () => letGo(child);
    if (leaves) signal?.addEventListener('abort', leave);
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    }).finally(() => signal?.removeEventListener('abort', leave));
    if (leaves) signal?.throwIfAborted();
    const rest = out.flush();
    return { code, documents: rest === '' ? documents : [...documents, parsed(rest)], stderr };
  }
}
