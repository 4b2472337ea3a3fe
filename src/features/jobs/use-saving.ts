import { useValue } from '../../live-value';
import { saving } from '../../stores';

/** Whether a trainer that lost its app still saves this job; nothing can be done with it until it has. */
export const useIsSaving = (id: string | undefined): boolean => {
  const ids = useValue(saving);
  return id !== undefined && ids !== null && ids.includes(id);
};
