import { MAX_SHOWN_CHANGES } from '../../../../src/lib/types/dataset-versions';
import type { ExclusionsAfter } from '../../../../src/lib/types/dataset-versions';
import type { TextFile } from '../import/text-file';
import { canonicalLines, originOf } from './canonical-lines';
import { RecordMatching } from './record-matching';

interface Exclusions {
  /** Canonical files with all records of the older and of the newer original. */
  readonly from: string;
  readonly to: string;
  /** Ids in the older one. */
  readonly ids: ReadonlySet<string>;
  /** Takes the lines of the newer one that say what an excluded record said. */
  readonly kept: Pick<TextFile, 'write' | 'drain'>;
}

interface FoundExclusions {
  readonly ids: readonly string[];
  readonly told: ExclusionsAfter;
}

/** Finds the records that were left out of one file in a newer one, as a comparison of both would. */
export async function matchExclusions(
  { from, to, ids, kept: output }: Exclusions,
  signal: AbortSignal,
): Promise<FoundExclusions> {
  const { kept, changed } = await placesOf({ from, to, ids }, signal);
  const keptIds: string[] = [];
  const records: ExclusionsAfter['records'] = [];
  let place = 0;
  for await (const lines of canonicalLines(to, signal)) {
    for (const line of lines) {
      if (kept.has(place)) {
        keptIds.push(originOf(line).id);
        output.write(line);
        output.write('\n');
      } else if (changed.has(place) && records.length < MAX_SHOWN_CHANGES) {
        const { id, sourceLine } = originOf(line);
        records.push({ record_id: id, source_line: sourceLine });
      }
      place += 1;
    }
    await output.drain();
  }
  const gone = ids.size - kept.size - changed.size;
  return { ids: keptIds, told: { kept: kept.size, changed: changed.size, gone, records } };
}

/** Where they stand in the newer file. */
async function placesOf({ from, to, ids }: Omit<Exclusions, 'kept'>, signal: AbortSignal) {
  const matching = new RecordMatching();
  const excluded: number[] = [];
  let place = 0;
  for await (const lines of canonicalLines(from, signal)) {
    for (const line of lines) {
      matching.addOlder(line.toString('latin1'));
      if (ids.has(originOf(line).id)) excluded.push(place);
      place += 1;
    }
  }
  for await (const lines of canonicalLines(to, signal))
    for (const line of lines) matching.addNewer(line.toString('latin1'));
  const changes = matching.settle().changes.changed();
  return {
    kept: new Set(excluded.flatMap((older) => matching.sameAs(older) ?? [])),
    changed: new Set(excluded.flatMap((older) => changes.get(older) ?? [])),
  };
}
