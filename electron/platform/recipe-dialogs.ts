import { access } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import type { Handlers } from '../../src/lib/contract/derived';
import { recipeThere } from '../services/recipes/recipe-errors';
import { readRecipeFile, writeRecipeFile } from '../services/recipes/recipe-files';
import type { rememberingDialogs } from './remembering-dialogs';

const FILTERS = [
  { name: 'Settings', extensions: ['json'] },
  { name: 'All files', extensions: ['*'] },
];

/** Loading lists no file without an ending. The dialog asked about the path chosen, and not about this one. */
const listedPath = async (chosen: string): Promise<string> => {
  if (extname(chosen) !== '') return chosen;
  const path = `${chosen}.json`;
  if (
    await access(path).then(
      () => true,
      () => false,
    )
  )
    throw recipeThere(path);
  return path;
};

/** Opening begins where the last recipe was saved, and the other way round. */
export const recipeDialogs = ({
  open,
  save,
}: ReturnType<typeof rememberingDialogs>): Pick<Handlers['desktop'], 'choose_recipe' | 'save_recipe'> => ({
  choose_recipe: async () => {
    const [path] = await open('recipe', {
      title: 'Load settings',
      properties: ['openFile'],
      filters: FILTERS,
    });
    return path === undefined ? null : { file_name: basename(path), recipe: await readRecipeFile(path) };
  },
  save_recipe: async ({ name, recipe }) => {
    const chosen = await save('recipe', name, { title: 'Save as recipe', filters: FILTERS });
    if (chosen === null) return null;
    const path = await listedPath(chosen);
    await writeRecipeFile(path, recipe);
    return path;
  },
});
