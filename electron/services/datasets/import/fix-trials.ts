import type { SafeFix } from '../../../../src/lib/types/dataset-versions';
import type { Conversion } from '../shapes/conversion';

type Fixes = readonly SafeFix[];

/** Counts the records of which other fixes would make something else, each list of fixes for itself. */
export class FixTrials {
  readonly #tries: readonly Fixes[];
  readonly #changes: number[];

  constructor(tries: readonly Fixes[] = []) {
    this.#tries = tries;
    this.#changes = tries.map(() => 0);
  }

  get changes(): readonly number[] {
    return this.#changes;
  }

  take(made: Conversion, make: (fixes: Fixes) => Conversion): void {
    if (this.#tries.length === 0) return;
    const before = contentOf(made);
    for (const [index, fixes] of this.#tries.entries())
      if (contentOf(make(fixes)) !== before) this.#changes[index] = (this.#changes[index] ?? 0) + 1;
  }
}

/** Null for a record that is not used. */
const contentOf = (made: Conversion): string | null =>
  made.kind === 'usable' ? JSON.stringify(made.draft.content) : null;
