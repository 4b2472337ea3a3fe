import { z } from 'zod';
import { Reading } from '../../../src/lib/types/dataset-reading';
import { SafeFix } from '../../../src/lib/types/dataset-versions';
import type { DatasetEdit } from '../../../src/lib/types/dataset-versions';
import type { ImportRequest } from './import/import-request';
import { keptHistory } from './shapes/safe-fixes';

/** What makes a version from its source. One that was imported before recipes were kept has an empty one. */
export const VersionRecipe = z.strictObject({
  ...Reading.shape,
  exclude: z.array(z.string()).default([]),
  fixes: z.array(SafeFix).default([]),
});
export type VersionRecipe = z.infer<typeof VersionRecipe>;

/** Whether anybody wrote down how the version was read. */
export function isKnownRecipe(kept: Readonly<Record<string, unknown>> | null): boolean {
  return kept !== null && 'exclude' in kept;
}

/** How a file is told to be read, in the words of an import. */
type ReadingWords = Pick<
  ImportRequest,
  'encoding' | 'salvage' | 'stripSeparators' | 'mapping' | 'table' | 'roleNames' | 'systemPrompt'
>;

/** How a reading is told to read. */
type RecipeWords = ReadingWords & Pick<ImportRequest, 'exclude' | 'fixes'>;

/** What was said of a reading, to be kept with what it made. */
export function recipeOf({ exclude = [], fixes = [], ...words }: RecipeWords): VersionRecipe {
  return { ...readingOfWords(words), exclude, fixes };
}

/** The same without what an edit says. */
export function readingOfWords(words: ReadingWords): Reading {
  const { encoding, salvage, stripSeparators, mapping, table, roleNames, systemPrompt } = words;
  return {
    ...(encoding !== undefined && { encoding }),
    ...(salvage !== undefined && { salvage }),
    ...(stripSeparators !== undefined && { strip_separators: stripSeparators }),
    ...(mapping !== undefined && { mapping }),
    ...(table !== undefined && { table }),
    ...(roleNames !== undefined && { role_names: roleNames }),
    ...(systemPrompt !== undefined && { system_prompt: systemPrompt }),
  };
}

/** A recipe in the words of an import. */
export function readingOf({ exclude, fixes, ...reading }: VersionRecipe): RecipeWords {
  return { ...wordsOfReading(reading), exclude, fixes };
}

export function wordsOfReading({
  strip_separators,
  role_names,
  system_prompt,
  ...same
}: Reading): ReadingWords {
  return {
    ...same,
    ...(strip_separators !== undefined && { stripSeparators: strip_separators }),
    ...(role_names !== undefined && { roleNames: role_names }),
    ...(system_prompt !== undefined && { systemPrompt: system_prompt }),
  };
}

/** A recipe with an edit on top of it. A record that is both included and excluded is left out. */
export function editedRecipe(
  recipe: VersionRecipe,
  { exclude, include, fixes, file }: DatasetEdit,
): VersionRecipe {
  if (file) {
    // Each file says in its own bytes how it is encoded.
    const { exclude: _exclude, fixes: _fixes, encoding: _encoding, ...reading } = recipe;
    return { ...reading, ...file.reading, exclude: [...new Set(exclude)], fixes: mergedFixes(fixes) };
  }
  const included = new Set(include);
  const kept = recipe.exclude.filter((id) => !included.has(id));
  return {
    ...recipe,
    exclude: [...new Set([...kept, ...exclude])],
    fixes: mergedFixes([...recipe.fixes, ...fixes]),
  };
}

export function withExcluded(recipe: VersionRecipe, ids: readonly string[]): VersionRecipe {
  return { ...recipe, exclude: [...new Set([...recipe.exclude, ...ids])] };
}

/** Each once and always in the same order; of two histories the shorter one. */
export function mergedFixes(fixes: readonly SafeFix[]): SafeFix[] {
  const kept = keptHistory(fixes);
  const named = new Set(fixes.filter((fix) => typeof fix === 'string'));
  return [...[...named].toSorted(), ...(kept === null ? [] : [{ truncate_history: kept }])];
}

/** Whether two read a file in the same way, and make the same of it. */
export function isSameReading(left: VersionRecipe, right: VersionRecipe): boolean {
  const ordered = (recipe: VersionRecipe) =>
    JSON.stringify(Object.entries(recipe).toSorted(([one], [other]) => one.localeCompare(other)));
  return ordered(left) === ordered(right);
}

export function isSameRecipe(left: VersionRecipe, right: VersionRecipe): boolean {
  return JSON.stringify([left.exclude, left.fixes]) === JSON.stringify([right.exclude, right.fixes]);
}

/** Whether two make the same of a file: in which order records were left out says nothing. */
export function isSameMaking(left: VersionRecipe, right: VersionRecipe): boolean {
  const sorted = (recipe: VersionRecipe) => ({ ...recipe, exclude: recipe.exclude.toSorted() });
  return isSameReading(sorted(left), sorted(right));
}
