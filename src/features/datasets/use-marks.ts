import { useState } from 'react';

/** Records that were marked one by one, by their ids; also those on other pages. */
export const useMarks = () => {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  return {
    ids,
    toggle: (id: string) => {
      const next = new Set(ids);
      if (!next.delete(id)) next.add(id);
      setIds(next);
    },
    clear: () => setIds(new Set()),
  };
};

export type Marks = ReturnType<typeof useMarks>;
