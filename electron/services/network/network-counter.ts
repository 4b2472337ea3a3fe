import type { Publisher } from '../../../src/lib/contract/derived';
import type { NetworkState } from '../../../src/lib/types/system';

const KEPT = 50;

interface CounterOptions {
  readonly publisher: Publisher;
  readonly now: () => string;
}

/** Counts the requests that were attempted and denied, in the window and in the trainer. */
export class NetworkCounter {
  readonly #options: CounterOptions;
  #state: NetworkState = { window_requests: 0, trainer_requests: 0, last: [] };

  constructor(options: CounterOptions) {
    this.#options = options;
  }

  current(): NetworkState {
    return this.#state;
  }

  denied(source: 'window' | 'trainer', target: string): void {
    const { window_requests, trainer_requests, last } = this.#state;
    this.#state = {
      window_requests: window_requests + (source === 'window' ? 1 : 0),
      trainer_requests: trainer_requests + (source === 'trainer' ? 1 : 0),
      last: [...last, { time: this.#options.now(), source, target: target.slice(0, 300) }].slice(-KEPT),
    };
    this.#options.publisher.publish('system.network_changed', this.#state);
  }
}
