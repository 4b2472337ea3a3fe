import { searchSuperseded } from './dataset-errors';

/** Of searches of the same thing only the last one is wanted: a newer one ends what came before it. */
export class OnlyTheLast {
  readonly #running = new Map<string, AbortController>();

  async run<Value>(key: string, work: (signal: AbortSignal) => Promise<Value>): Promise<Value> {
    this.#running.get(key)?.abort();
    const abort = new AbortController();
    this.#running.set(key, abort);
    try {
      return await work(abort.signal);
    } catch (error) {
      throw abort.signal.aborted ? searchSuperseded() : error;
    } finally {
      if (this.#running.get(key) === abort) this.#running.delete(key);
    }
  }
}
