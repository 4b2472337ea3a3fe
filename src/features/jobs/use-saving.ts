import { useValue } from '../../live-value';
import { saving } from '../../stores';

const NONE: readonly string[] = [];

/** The jobs that a trainer which lost its app still saves; nothing can be done with one until it has. */
export const useSaving = (): readonly string[] => useValue(saving) ?? NONE;

export const useIsSaving = (id: string | undefined): boolean => {
  const ids = useSaving();
  return id !== undefined && ids.includes(id);
};
