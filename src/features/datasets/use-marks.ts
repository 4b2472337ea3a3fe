import { useState } from 'react';
import type { Dataset } from '../../lib/types/lora-training';

const NONE: ReadonlySet<string> = new Set();

/** Records that were marked one by one, by their ids, also those on other pages; of another version none. */
export const useMarks = ({ current_version_id: version }: Pick<Dataset, 'current_version_id'>) => {
  const [marked, setMarked] = useState({ version, ids: NONE });
  const ids = marked.version === version ? marked.ids : NONE;
  return {
    ids,
    toggle: (id: string) => {
      const next = new Set(ids);
      if (!next.delete(id)) next.add(id);
      setMarked({ version, ids: next });
    },
    clear: () => setMarked({ version, ids: NONE }),
  };
};

export type Marks = ReturnType<typeof useMarks>;
