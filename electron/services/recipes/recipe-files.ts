import { readFile, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { readRecipe, recipeText } from '../../../src/lib/training/recipe-text';
import type { Recipe } from '../../../src/lib/types/recipe';
import { writeFileWhole } from '../storage/write-file-whole';
import { isMissing } from '../trainer/file-errors';
import { recipeMissing, recipeTooLarge, recipeUnreadable, recipeUnsuited } from './recipe-errors';

const MOST_BYTES = 1_000_000;

/** Looked at before it is opened: opening a device or a pipe would wait for ever. */
const requireSmallFile = async (path: string): Promise<void> => {
  const entry = await stat(path).catch((thrown: unknown) => {
    throw isMissing(thrown) ? recipeMissing(path) : recipeUnreadable(path, thrown);
  });
  if (entry.isDirectory()) throw recipeUnsuited(path, 'a folder');
  if (!entry.isFile()) throw recipeUnsuited(path, 'no plain file');
  if (entry.size > MOST_BYTES) throw recipeTooLarge(path);
};

/** Throws `not_found`, `invalid_request` or `invalid_setting` with the reason. */
export const readRecipeFile = async (path: string): Promise<Recipe> => {
  const file = resolve(path);
  await requireSmallFile(file);
  const text = await readFile(file, 'utf8').catch((thrown: unknown) => {
    throw recipeUnreadable(file, thrown);
  });
  return readRecipe(text, basename(file));
};

/** Writes the whole file, over what was there, or none of it. Throws `file_unwritable`. */
export const writeRecipeFile = (path: string, recipe: Recipe): Promise<void> =>
  writeFileWhole(path, recipeText(recipe));
