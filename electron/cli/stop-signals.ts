/** Ctrl-C, a request to end, or the end of the terminal. */
export type StopKind = 'interrupt' | 'terminate' | 'hang_up';

/** What a process that was stopped ends with; a run that could save has codes of its own. */
export const STOP_CODES = { interrupt: 130, terminate: 143, hang_up: 129 } as const satisfies Record<
  StopKind,
  number
>;

/** npm and the terminal both hand one Ctrl-C on, so it comes twice. */
const SAME_PRESS_MS = 500;

type Listener = (kind: StopKind) => void;

interface StopOptions {
  readonly now: () => number;
  /** Ends the process at once. */
  readonly exit: (code: number) => void;
}

/** The first signal is for whoever listened last; a second one ends the process. */
export class StopSignals {
  readonly #options: StopOptions;
  readonly #listeners: Listener[] = [];
  #raisedAt: number | null = null;

  constructor(options: StopOptions) {
    this.#options = options;
  }

  on(listener: Listener): () => void {
    this.#listeners.push(listener);
    return () => {
      const place = this.#listeners.lastIndexOf(listener);
      if (place >= 0) this.#listeners.splice(place, 1);
    };
  }

  raise(kind: StopKind): void {
    const now = this.#options.now();
    if (this.#raisedAt !== null && now - this.#raisedAt < SAME_PRESS_MS) return;
    const listener = this.#raisedAt === null ? this.#listeners.at(-1) : undefined;
    this.#raisedAt = now;
    if (listener) listener(kind);
    else this.#options.exit(STOP_CODES[kind]);
  }
}
