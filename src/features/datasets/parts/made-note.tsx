import { GitCompare, History, X } from 'lucide-react';
import { Button, IconButton } from '../../../components/button';
import type { Edits } from '../use-edits';

/** What the last edit made, and the way back. */
export const MadeNote = ({
  edits,
  onDiff,
}: {
  readonly edits: Edits;
  readonly onDiff: (from: number, to: number) => void;
}) => {
  const { made } = edits;
  if (made === null) return null;
  return (
    <div
      role="status"
      className="flex min-h-10 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 rounded-lg border bg-surface-2 px-4 py-1"
    >
      <p>
        <span className="font-medium">Version {made.to} is in use:</span> {made.words}.
      </p>
      <div className="ml-auto flex items-center gap-2">
        <Button small icon={GitCompare} onClick={() => onDiff(made.from, made.to)}>
          See the difference
        </Button>
        <Button small icon={History} onClick={() => void edits.use(made.from)}>
          Use the version before
        </Button>
        <IconButton small look="plain" icon={X} label="Dismiss" onClick={edits.forget} />
      </div>
    </div>
  );
};
