import type { Recipe } from '../../lib/types/recipe';
import { draftsOf } from './drafts';
import type { OwnRecipe } from './own-recipe';

/** What came from a settings file. */
export interface LoadedFile {
  readonly file_name: string;
  readonly recipe: Recipe;
}

/** The recipe that it starts from, and what it changes of it. */
export const ownOfFile = ({ recipe: { preset = 'balanced', changes } }: LoadedFile): OwnRecipe => ({
  basis: preset,
  drafts: draftsOf(changes),
});
