import { useStore } from 'zustand';
import { api } from '../../../api';
import { attempt } from '../../../attempt';
import { ProgressBar } from '../../../components/bars';
import { Button } from '../../../components/button';
import { Dialog } from '../../../components/overlays';
import { ErrorNote } from '../../../components/states';
import { imports } from '../../../stores';
import { placeOf } from '../use-edits';
import type { Edits } from '../use-edits';
import { editOf, selectionWords } from '../version-words';
import type { Selection } from '../version-words';

/** Asks before records are left out or taken in again. */
export const EditDialog = ({ edits }: { readonly edits: Edits }) => {
  const { asked, action, ask } = edits;
  const selection = asked === 'fixes' || asked?.kind === 'file' ? null : asked;
  const words = selection ? wordsOf(edits, selection) : null;
  return (
    <Dialog
      open={selection !== null}
      onOpenChange={() => {
        if (action.busy === null) ask(null);
      }}
      title={words?.title ?? ''}
    >
      {selection && words ? (
        <form
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            edits.apply(editOf(selection), words.done);
          }}
        >
          <p className="text-ink-2">{words.says}</p>
          <ErrorNote error={action.failure} />
          <EditProgress edits={edits} />
          <Button look="filled" submit className="self-end" busy={action.busy !== null}>
            {words.confirm}
          </Button>
        </form>
      ) : null}
    </Dialog>
  );
};

const wordsOf = ({ dataset, versions }: Edits, selection: Selection) =>
  selectionWords(selection, {
    usable: dataset.report?.usable_records ?? 0,
    ...placeOf(versions),
  });

/** A file is read, which takes as long as an import. */
export const EditProgress = ({
  edits: { dataset, action },
  isReading = action.busy !== null,
}: {
  readonly edits: Edits;
  readonly isReading?: boolean;
}) => {
  const progress = useStore(imports, (all) => all.get(dataset.id));
  if (!isReading && action.busy === null) return null;
  const done = progress && progress.bytes_total > 0 ? (progress.bytes_done / progress.bytes_total) * 100 : 0;
  return (
    <div role="status" aria-label="Reading the file…" className="flex items-center gap-3 text-xs text-ink-2">
      <span className="shrink-0">Reading the file…</span>
      <ProgressBar label="Reading the file" value={done} className="flex-1" />
      <Button
        small
        onClick={() => void attempt('It goes on', () => api.datasets.cancel_import({ id: dataset.id }))}
      >
        Cancel
      </Button>
    </div>
  );
};
