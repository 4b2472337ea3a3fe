import { useStore } from 'zustand';
import { Button } from '../../../components/button';
import { FileText } from '../../../components/file-text';
import { formatAmount } from '../../../components/format';
import { importFiles, setAlone } from '../import-store';
import type { ImportFile } from '../import-file';
import { filesLike } from '../shared-reading';

const NAMED = 3;

const namesOf = (files: readonly ImportFile[]): string => {
  const names = files.slice(0, NAMED).map(({ path, preview }) => preview?.file_name ?? path);
  const more = files.length - names.length;
  return [...names, ...(more > 0 ? [`${more} more`] : [])].join(', ');
};

/** Says which other files a change of the reading changes too, and lets this one go its own way. */
export const SharedWith = ({ file }: { readonly file: ImportFile }) => {
  const others = useStore(importFiles, ({ files }) => files).filter((other) => !other.isAlone);
  const like = filesLike(file, others);
  if (like.length === 0) return null;
  const { path, isAlone } = file;
  const amount = formatAmount(like.length, 'other file');
  return (
    <div className="flex items-center gap-3 rounded-md bg-info-tint px-3 py-2 text-info">
      <p className="min-w-0 flex-1 wrap-anywhere">
        {isAlone
          ? `Read on its own. ${amount} of the same shape: `
          : `Read together with ${amount} of the same shape; a change here changes all: `}
        <FileText>{namesOf(like)}</FileText>
      </p>
      <Button small onClick={() => setAlone(path, !isAlone)}>
        {isAlone ? 'Read it like them' : 'Read it on its own'}
      </Button>
    </div>
  );
};
