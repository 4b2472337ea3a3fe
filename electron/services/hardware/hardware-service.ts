import { statfs } from 'node:fs/promises';
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import type { Publisher } from '../../../src/lib/contract/derived';
import type { HardwareState } from '../../../src/lib/types/system';
import { nativeBf16 } from './native-bf16';
import { type GpuReading, readGpus } from './nvidia-smi';
import { usableCards } from './usable-cards';

interface HardwareOptions {
  readonly dataDir: string;
  readonly publisher: Publisher;
  readonly gpus?: () => Promise<GpuReading>;
  readonly read_again_ms?: number;
}

const READ_AGAIN_MS = 5000;

/** What this machine has, as it is now. */
export class HardwareService {
  readonly #options: HardwareOptions;
  #cards: readonly string[] = [];
  #read_at = -Infinity;
  #cpu_bf16: Promise<boolean> | null = null;

  constructor(options: HardwareOptions) {
    this.#options = options;
  }

  async current(): Promise<HardwareState> {
    const { dataDir, gpus = readGpus } = this.#options;
    this.#cpu_bf16 ??= nativeBf16();
    const [reading, disk, cpu_bf16] = await Promise.all([gpus(), statfs(dataDir), this.#cpu_bf16]);
    return {
      ...usableCards(reading),
      cpu_name: cpus()[0]?.model.trim() ?? 'unknown processor',
      cpu_cores: availableParallelism(),
      cpu_bf16,
      memory_total_bytes: totalmem(),
      memory_free_bytes: freemem(),
      disk_free_bytes: disk.bavail * disk.bsize,
      disk_total_bytes: disk.blocks * disk.bsize,
    };
  }

  /** Of the drive that holds the data folder. */
  async freeDiskBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(this.#options.dataDir);
    return bavail * bsize;
  }

  /**
   * What runs can be given, at most some seconds old: usable cards by UUID, and `cpu`. A driver that fails for a
   * moment takes no card away, since a trainer may be at work on it.
   */
  async devices(): Promise<readonly string[]> {
    const { gpus = readGpus, read_again_ms = READ_AGAIN_MS } = this.#options;
    if (performance.now() - this.#read_at >= read_again_ms) {
      const reading = await gpus();
      this.#read_at = performance.now();
      if (!reading.failed) this.#cards = usableCards(reading).gpus.map(({ uuid }) => uuid);
    }
    return [...this.#cards, 'cpu'];
  }

  /** Publishes the state every `everyMs`; a slow answer delays the next question. Returns the disposer. */
  watch(everyMs: number, onFailure: (thrown: unknown) => void): () => void {
    let timer: NodeJS.Timeout | null = null;
    let stopped = false;
    const tick = async (): Promise<void> => {
      try {
        this.#options.publisher.publish('system.hardware_changed', await this.current());
      } catch (thrown) {
        onFailure(thrown);
      }
      if (!stopped) timer = setTimeout(() => void tick(), everyMs);
    };
    void tick();
    return () => {
      stopped = true;
      if (timer) clearTimeout(timer);
    };
  }
}
