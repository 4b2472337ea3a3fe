import { MAX_HELD_OUT_ROWS } from '../../../src/lib/types/dataset-split';
import type { SplitView } from '../../../src/lib/types/dataset-split';
import type { Scaffolding, SplitFile } from '../../../src/lib/types/dataset-records';
import { canonicalLines, originOf } from './compare/canonical-lines';
import { parseRecord } from './record-index';

const KINDS = ['persona', 'arc', 'topic'] as const;
const MARK = Buffer.from('"scaffolding":');

/** What a split makes of the records of a canonical file; read a little at a time. */
export async function viewOfSplit(path: string, split: SplitFile): Promise<SplitView> {
  const heldOut = new Set(split.held_out);
  const strata = new Strata();
  const rows: SplitView['rows'] = [];
  let index = -1;
  for await (const lines of canonicalLines(path)) {
    for (const line of lines) {
      index += 1;
      const { id, sourceLine } = originOf(line);
      const isHeldOut = heldOut.has(id);
      if (isHeldOut && rows.length < MAX_HELD_OUT_ROWS) rows.push({ index, record_id: id, line: sourceLine });
      if (line.includes(MARK)) strata.add(parseRecord(line).scaffolding ?? {}, isHeldOut);
    }
  }
  const { seed, share, stratify } = split;
  const [train, held_out] = [split.train.length, split.held_out.length];
  return { seed, share, stratify, train, held_out, strata: strata.list(), rows };
}

type Stratum = SplitView['strata'][number];

class Strata {
  readonly #found = new Map<string, Stratum>();

  add(scaffolding: Scaffolding, isHeldOut: boolean): void {
    for (const kind of KINDS) {
      const value = scaffolding[kind];
      if (value === undefined) continue;
      const key = `${kind} ${value}`;
      const { train, held_out } = this.#found.get(key) ?? { train: 0, held_out: 0 };
      const counts = isHeldOut ? { train, held_out: held_out + 1 } : { train: train + 1, held_out };
      this.#found.set(key, { kind, value, ...counts });
    }
  }

  /** Persona, arc, topic; of each the largest first. */
  list(): Stratum[] {
    const size = ({ train, held_out }: Stratum) => train + held_out;
    return [...this.#found.values()].toSorted(
      (one, other) => KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind) || size(other) - size(one),
    );
  }
}
