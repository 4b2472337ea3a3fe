import { z } from 'zod';
import { SafeFix } from '../../../src/lib/types/dataset-versions';
import type { DatasetEdit } from '../../../src/lib/types/dataset-versions';
import type { ImportRequest } from './import/import-request';
import { TableOptions } from './readers/table-layout';
import { ColumnMapping } from './shapes/column-mapping';
import { keptHistory } from './shapes/safe-fixes';

/** What makes a version from its source. One that was imported before recipes were kept has an empty one. */
export const VersionRecipe = z.strictObject({
  encoding: z.string().optional(),
  salvage: z.boolean().optional(),
  strip_separators: z.boolean().optional(),
  mapping: ColumnMapping.optional(),
  table: TableOptions.optional(),
  exclude: z.array(z.string()).default([]),
  fixes: z.array(SafeFix).default([]),
});
export type VersionRecipe = z.infer<typeof VersionRecipe>;

/** Whether anybody wrote down how the version was read. */
export function isKnownRecipe(kept: Readonly<Record<string, unknown>> | null): boolean {
  return kept !== null && 'exclude' in kept;
}

/** How a reading is told to read. */
type ReadingWords = Pick<
  ImportRequest,
  'encoding' | 'salvage' | 'stripSeparators' | 'mapping' | 'table' | 'exclude' | 'fixes'
>;

/** What was said of a reading, to be kept with what it made. */
export function recipeOf(words: ReadingWords): VersionRecipe {
  const { encoding, salvage, stripSeparators, mapping, table, exclude = [], fixes = [] } = words;
  return {
    ...(encoding !== undefined && { encoding }),
    ...(salvage !== undefined && { salvage }),
    ...(stripSeparators !== undefined && { strip_separators: stripSeparators }),
    ...(mapping !== undefined && { mapping }),
    ...(table !== undefined && { table }),
    exclude,
    fixes,
  };
}

/** The same in the words of a reading. */
export function readingOf({ strip_separators, ...words }: VersionRecipe): ReadingWords {
  return { ...words, ...(strip_separators !== undefined && { stripSeparators: strip_separators }) };
}

/** A recipe with an edit on top of it. A record that is both included and excluded is left out. */
export function editedRecipe(recipe: VersionRecipe, { exclude, include, fixes }: DatasetEdit): VersionRecipe {
  const included = new Set(include);
  const kept = recipe.exclude.filter((id) => !included.has(id));
  return {
    ...recipe,
    exclude: [...new Set([...kept, ...exclude])],
    fixes: mergedFixes([...recipe.fixes, ...fixes]),
  };
}

/** Each once and always in the same order; of two histories the shorter one. */
function mergedFixes(fixes: readonly SafeFix[]): SafeFix[] {
  const kept = keptHistory(fixes);
  const named = new Set(fixes.filter((fix) => typeof fix === 'string'));
  return [...[...named].toSorted(), ...(kept === null ? [] : [{ truncate_history: kept }])];
}

export function isSameRecipe(left: VersionRecipe, right: VersionRecipe): boolean {
  return JSON.stringify([left.exclude, left.fixes]) === JSON.stringify([right.exclude, right.fixes]);
}
