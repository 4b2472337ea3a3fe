import type { ExportFormat } from '../../../src/lib/types/model-artifact';
import type { OneShot } from '../trainer/one-shot';
import type { AdapterCheck } from './artifact-maker';

/** The trainer's short commands with their arguments, in one place. */
export class TrainerCommands {
  readonly #oneShot: Pick<OneShot, 'generate' | 'export' | 'verify'>;

  constructor(oneShot: Pick<OneShot, 'generate' | 'export' | 'verify'>) {
    this.#oneShot = oneShot;
  }

  verify({ adapterDir, baseModelDir }: AdapterCheck) {
    return this.#oneShot.verify(['--adapter', adapterDir, '--base-model', baseModelDir]);
  }

  generate({
    adapterDir,
    baseModelDir,
    prompt,
    max_new_tokens,
  }: AdapterCheck & { prompt: string; max_new_tokens: number }) {
    const model = ['--base-model', baseModelDir, '--adapter', adapterDir];
    return this.#oneShot.generate([...model, '--prompt', prompt, '--max-new-tokens', String(max_new_tokens)]);
  }

  export({
    adapterDir,
    baseModelDir,
    format,
    to,
    card,
  }: AdapterCheck & { format: ExportFormat; to: string; card: string }) {
    const model = ['--base-model', baseModelDir, '--adapter', adapterDir];
    return this.#oneShot.export([...model, '--format', format, '--to', to, '--card', card]);
  }
}
