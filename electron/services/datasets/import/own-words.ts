import type { RoleNames } from '../../../../src/lib/types/dataset-reading';
import { isBlank, isJsonList, isJsonObject } from '../readers/json-object';
import type { JsonObject } from '../readers/json-object';
import { detectShape } from '../shapes/detect-shape';

const ROLE_FIELDS = ['role', 'from'] as const;

/** A record whose turns name their speakers as the readers know them. */
export function withRoleNames(record: JsonObject, names: RoleNames): JsonObject {
  const known = new Map(Object.entries(names).map(([name, role]) => [plain(name), role]));
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [
      key,
      isJsonList(value) ? value.map((turn) => respelled(turn, known)) : value,
    ]),
  );
}

function respelled(turn: unknown, known: ReadonlyMap<string, string>): unknown {
  if (!isJsonObject(turn)) return turn;
  const spelled = ROLE_FIELDS.flatMap((field) => {
    const role = known.get(plain(turn[field]));
    return role === undefined ? [] : [[field, role] as const];
  });
  return spelled.length === 0 ? turn : { ...turn, ...Object.fromEntries(spelled) };
}

/** A record that has the system text where it has none of its own; one among its turns wins later. */
export function withSystemPrompt(record: JsonObject, prompt: string): JsonObject {
  const shape = detectShape(record);
  if (shape === 'I' || !isBlank(record.system) || !isBlank(record.system_prompt)) return record;
  return { ...record, [shape === 'A' ? 'system_prompt' : 'system']: prompt };
}

/** The names that a record's turns give their speakers. */
export function roleNamesIn(record: JsonObject): string[] {
  return Object.values(record).flatMap((value) =>
    isJsonList(value)
      ? value.flatMap((turn) =>
          isJsonObject(turn)
            ? ROLE_FIELDS.flatMap((field) => (typeof turn[field] === 'string' ? [plain(turn[field])] : []))
            : [],
        )
      : [],
  );
}

/** A name of a speaker as it is compared; empty for what is none. */
export function plain(name: unknown): string {
  return typeof name === 'string' ? name.trim().toLowerCase() : '';
}
