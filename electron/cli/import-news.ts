import { ImportProgress } from '../../src/lib/contract/contract';

type Listener = (progress: ImportProgress) => void;

/** Where services publish what changed; a command line wants to hear of imports only. */
export class ImportNews {
  #listener: Listener | null = null;

  publish(name: string, payload: unknown): void {
    if (name === 'datasets.progress') this.#listener?.(ImportProgress.parse(payload));
  }

  /** One listener at a time; returns the disposer. */
  on(listener: Listener): () => void {
    this.#listener = listener;
    return () => {
      this.#listener = null;
    };
  }
}
