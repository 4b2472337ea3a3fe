import { createHash } from 'node:crypto';
import { isJsonList, isJsonObject } from '../readers/json-object';
import type { JsonObject } from '../readers/json-object';
import { roleNamesIn } from './own-words';

const LOOKED_AT = 50;
const MAX_NAMES = 200;
const MAX_ROLE_NAMES = 20;
const INSIDE = '[].';

/** Names in the first records of a file: of their fields, of those of their turns, and of who speaks in them or in those that were refused. */
export class FieldNames {
  readonly roles = new Set<string>();
  private readonly paths = new Set<string>();
  private looked = 0;

  note(record: JsonObject): void {
    if (this.looked >= LOOKED_AT) return;
    this.looked += 1;
    for (const path of pathsOf(record)) if (this.paths.size < MAX_NAMES) this.paths.add(path);
    this.noteSpeakers(record);
  }

  /** Also of a later record: one that is refused may be so for who speaks in it. */
  noteSpeakers(record: JsonObject): void {
    for (const name of roleNamesIn(record)) if (this.roles.size < MAX_ROLE_NAMES) this.roles.add(name);
  }

  /** What those records have, without what stands inside their lists. */
  get fields(): string[] {
    return [...new Set([...this.paths].map((path) => path.split(INSIDE)[0] ?? path))];
  }

  /** Whether all records were seen that there are to look at. */
  get isFull(): boolean {
    return this.looked >= LOOKED_AT;
  }

  /** The same for files with the same names in whatever order; null where there are none. */
  signature(columns: readonly string[] | null): string | null {
    const names = [...new Set(columns ?? this.paths)].toSorted();
    if (names.length === 0) return null;
    const kind = columns === null ? 'fields' : 'columns';
    return createHash('sha256')
      .update(JSON.stringify([kind, names]))
      .digest('hex');
  }
}

function pathsOf(record: JsonObject): string[] {
  return Object.entries(record).flatMap(([key, value]) => {
    const first: unknown = isJsonList(value) ? value[0] : null;
    return isJsonObject(first) ? Object.keys(first).map((inner) => `${key}${INSIDE}${inner}`) : [key];
  });
}
