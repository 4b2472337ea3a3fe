import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { MeasuredRun } from '../../../src/lib/training/memory-correction';
import { BaseModel } from '../../../src/lib/types/base-model';
import { MemoryPlan } from '../../../src/lib/types/run-folder';
import { AdapterPath } from '../../../src/lib/types/trainer-events';
import { TrainingSettings } from '../../../src/lib/types/training-settings';

const Probe = z.object({
  probed: z.literal(true),
  model: BaseModel.pick({ parameters: true, size_bytes: true, architecture: true, config: true }),
  settings: TrainingSettings,
  plan: MemoryPlan,
  path: AdapterPath,
  weight_bytes: z.union([z.literal(2), z.literal(4)]),
  longest_row: z.int().min(1),
  trained_share: z.number().min(0).max(1),
  peak_memory_bytes: z.int().min(1),
});
export type MemoryProbe = z.infer<typeof Probe>;

interface MeasuredMemoryOptions {
  /** One JSON value a key. */
  readonly settings: {
    all(): Promise<Readonly<Record<string, unknown>>>;
    set(key: string, value: unknown): Promise<void>;
  };
  readonly records: {
    measuredMemory(architecture: string, gpuType: string): Promise<readonly MeasuredRun[]>;
  };
}

/** As many as finished runs. */
const NEWEST = 5;

const keyOf = (architecture: string, gpuType: string): string => `memory_probes ${gpuType} ${architecture}`;

const runOf = ({ model, settings, plan, longest_row }: MemoryProbe) => ({
  model,
  settings,
  plan,
  longest_row,
});

/** What runs and probes of them have held on this machine, which corrects what is reckoned of the next. */
export class MeasuredMemory {
  readonly #options: MeasuredMemoryOptions;

  constructor(options: MeasuredMemoryOptions) {
    this.#options = options;
  }

  /** With base models of an architecture, on a processor (`cpu`) or a card by its name: probes first, the newest of both. */
  async of(architecture: string, gpuType: string): Promise<readonly MeasuredRun[]> {
    const runs = await this.#options.records.measuredMemory(architecture, gpuType);
    return [...(await this.#probes(architecture, gpuType)), ...runs];
  }

  /** In place of an earlier one of the same run, so that one pressed again and again drives out no other. */
  async keep(probe: MemoryProbe, gpuType: string): Promise<void> {
    const { architecture } = probe.model;
    const kept = (await this.#kept(architecture, gpuType)).map((value) => ({
      value,
      probe: Probe.safeParse(value).data ?? null,
    }));
    const others = kept.flatMap((each) =>
      each.probe && !isDeepStrictEqual(runOf(each.probe), runOf(probe)) ? [each.value] : [],
    );
    const ofNewerVersion = kept.flatMap((each) => (each.probe ? [] : [each.value]));
    await this.#options.settings.set(keyOf(architecture, gpuType), [
      ...[probe, ...others].slice(0, NEWEST),
      ...ofNewerVersion,
    ]);
  }

  /** Without what a newer version wrote. */
  async #probes(architecture: string, gpuType: string): Promise<readonly MemoryProbe[]> {
    const kept = await this.#kept(architecture, gpuType);
    return kept.flatMap((each) => Probe.safeParse(each).data ?? []);
  }

  async #kept(architecture: string, gpuType: string): Promise<readonly unknown[]> {
    const kept = (await this.#options.settings.all())[keyOf(architecture, gpuType)];
    return z.array(z.unknown()).safeParse(kept).data ?? [];
  }
}
