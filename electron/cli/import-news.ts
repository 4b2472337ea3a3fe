import { ImportProgress, MeasuringProgress } from '../../src/lib/contract/contract';

type Listener<News> = (news: News) => void;

/** Where services publish what changed; a command line wants to hear how far an import or a count is. */
export class ImportNews {
  #onImport: Listener<ImportProgress> | null = null;
  #onMeasuring: Listener<MeasuringProgress> | null = null;

  publish(name: string, payload: unknown): void {
    if (name === 'datasets.progress') this.#onImport?.(ImportProgress.parse(payload));
    if (name === 'datasets.measuring') this.#onMeasuring?.(MeasuringProgress.parse(payload));
  }

  /** One listener at a time; returns the disposer. */
  on(listener: Listener<ImportProgress>): () => void {
    this.#onImport = listener;
    return () => {
      this.#onImport = null;
    };
  }

  /** The same for counts. */
  onMeasuring(listener: Listener<MeasuringProgress>): () => void {
    this.#onMeasuring = listener;
    return () => {
      this.#onMeasuring = null;
    };
  }
}
