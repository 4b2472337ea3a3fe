import { basename } from 'node:path';
import type { Handlers } from '../../src/lib/contract/derived';
import { readRecipeFile, writeRecipeFile } from '../services/recipes/recipe-files';
import type { rememberingDialogs } from './remembering-dialogs';

const FILTERS = [
  { name: 'Settings', extensions: ['json'] },
  { name: 'All files', extensions: ['*'] },
];

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
    const path = await save('recipe', 'Save as recipe', name);
    if (path !== null) await writeRecipeFile(path, recipe);
    return path;
  },
});
