import { useEffect, useEffectEvent, useState } from 'react';
import { api } from '../../../api';
import { attempt } from '../../../attempt';
import { Button } from '../../../components/button';
import { FileText } from '../../../components/file-text';
import { Dialog } from '../../../components/overlays';
import { Async, ErrorNote } from '../../../components/states';
import { baseName } from '../../../lib/file-name';
import { exclusionWords } from '../../../lib/messages/exclusion-words';
import { withoutFlags } from '../../../lib/messages/without-flags';
import type { Reading } from '../../../lib/types/dataset-reading';
import { FIRST_CHANGES } from '../../../lib/types/dataset-versions';
import type { ExclusionsAfter } from '../../../lib/types/dataset-versions';
import type { Loaded } from '../../../live-store';
import { useLoad } from '../../../use-load';
import { placeOf } from '../use-edits';
import type { Edits, NewFile } from '../use-edits';
import { NO_EDIT } from '../version-words';
import { EditProgress } from './edit-dialog';
import { NewFileReading } from './new-file-reading';
import { EditDifference } from './version-diff';

/** Shows what a newer file would change, record by record, and makes the next version of it. */
export const NewVersionDialog = ({ edits }: { readonly edits: Edits }) => {
  const { asked, action, ask } = edits;
  const file = typeof asked === 'object' && asked?.kind === 'file' ? asked : null;
  return (
    <Dialog
      open={file !== null}
      onOpenChange={() => {
        if (action.busy === null) ask(null);
      }}
      title="New version from a file"
      wide
    >
      {file ? <Offer key={file.path} edits={edits} file={file} /> : null}
    </Dialog>
  );
};

/** Ends a reading that nobody waits for any more. */
const useUnwanted = (isReading: boolean, id: string) => {
  const end = useEffectEvent(() => {
    if (isReading) void attempt('It goes on', () => api.datasets.cancel_import({ id }));
  });
  useEffect(() => () => end(), []);
};

const Offer = ({ edits, file }: { readonly edits: Edits; readonly file: NewFile }) => {
  const { dataset, versions, action } = edits;
  const { id, revision } = dataset;
  const [reading, setReading] = useState<Reading | null>(null);
  const edit = { ...NO_EDIT, file: { path: file.path, ...(reading && { reading }) } };
  const { state, reload } = useLoad(`${id} ${revision} ${JSON.stringify(edit.file)}`, () =>
    api.datasets.preview_edit({ id, edit, ...FIRST_CHANGES }),
  );
  const { next, current } = placeOf(versions);
  const name = baseName(file.path);
  const isReading = state.kind === 'loading';
  const canApply = action.busy === null && state.kind === 'ready';
  useUnwanted(isReading, id);
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (state.kind !== 'ready') return;
        const { file_sha256: sha256 } = state.value;
        edits.apply({ ...edit, file: { ...edit.file, sha256 } }, `read from ${name}`);
      }}
    >
      <p className="text-ink-2">
        <FileText>{name}</FileText>
        {` takes the place of the original, read in the same way${reading ? ' but for what is said below' : ''}; excluded records that say the same stay out, fixes are not taken over. Version ${next} comes of it; version ${current} stays as it is and can be used again.`}
      </p>
      <section
        aria-label="What would change"
        tabIndex={0}
        className="relative max-h-[48vh] overflow-y-auto rounded-md border"
      >
        <Async
          state={inWindow(state)}
          errorTitle="No version can be made of this file"
          onRetry={reload}
          rows={3}
        >
          {(diff) => (
            <>
              {diff.exclusions ? <Exclusions exclusions={diff.exclusions} /> : null}
              <EditDifference key={file.path} dataset={dataset} edit={edit} diff={diff} />
            </>
          )}
        </Async>
      </section>
      {reading !== null || isToBeSaid(state) ? (
        <NewFileReading path={file.path} reading={reading} onRead={setReading} />
      ) : null}
      <ErrorNote error={action.failure} />
      <EditProgress edits={edits} isReading={isReading} />
      <Button look="filled" submit className="self-end" busy={action.busy !== null} disabled={!canApply}>
        {`Make version ${next}`}
      </Button>
    </form>
  );
};

/** Whether the file can be read once it is said how. */
const isToBeSaid = (state: Loaded<unknown>): boolean =>
  state.kind === 'error' && state.error.code === 'no_usable_records' && state.error.hint.includes('--');

const inWindow = <Value,>(state: Loaded<Value>): Loaded<Value> =>
  state.kind === 'error'
    ? {
        ...state,
        error: { ...state.error, hint: withoutFlags(state.error.hint, 'Say so in the fields below.') },
      }
    : state;

const Exclusions = ({ exclusions }: { readonly exclusions: ExclusionsAfter }) => (
  <ul aria-label="Excluded records" className="border-b px-4 py-2 text-ink-2">
    {exclusionWords(exclusions).map((sentence) => (
      <li key={sentence}>
        <FileText>{sentence}</FileText>
      </li>
    ))}
  </ul>
);
