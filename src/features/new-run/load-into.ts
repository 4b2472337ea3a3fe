import type { PresetId } from '../../lib/types/lora-training';
import type { LoadedFile } from './loaded-file';
import type { OwnRecipe } from './own-recipe';
import type { Mixture } from './use-mixture';
import type { Chosen } from './use-sources';

export interface Choices extends Chosen {
  /** The past run that was loaded, in the place of what the page was opened for. */
  readonly jobId?: string;
  readonly preset?: PresetId;
  readonly name?: string;
}

interface Page {
  readonly chosen: Choices;
  readonly setChosen: (chosen: Choices) => void;
  readonly typed: OwnRecipe | null;
  readonly setTyped: (typed: OwnRecipe | null) => void;
  readonly mixture: Pick<Mixture, 'typed' | 'setTyped' | 'clear'>;
}

/** Brings back what was chosen and typed before; null where nothing was. */
export type Undo = (() => void) | null;

const undoOf = ({ chosen, setChosen, typed, setTyped, mixture }: Page): Undo => {
  if (typed === null && mixture.typed === null && Object.keys(chosen).length === 0) return null;
  return () => {
    setChosen(chosen);
    setTyped(typed);
    mixture.setTyped(mixture.typed);
  };
};

/** The page begins anew as this run was, with nothing left of what was typed before. */
export const repeatIn = (page: Page, jobId: string): Undo => {
  page.setChosen({ jobId });
  page.setTyped(null);
  page.mixture.setTyped(null);
  return undoOf(page);
};

/** What a file does not name stays as it is on the page. */
export const fillIn = (page: Page, file: LoadedFile, shown: Pick<Choices, 'data' | 'model'>): Undo => {
  const { dataset, base_model, name } = file.recipe;
  const { chosen } = page;
  if (dataset !== undefined) page.mixture.clear();
  page.setTyped(null);
  page.setChosen({
    jobId: chosen.jobId,
    file,
    name: name ?? chosen.name,
    data: dataset === undefined ? (chosen.data ?? shown.data) : undefined,
    model: base_model === undefined ? (chosen.model ?? shown.model) : undefined,
  });
  return undoOf(page);
};
