import { useEffect, useRef } from 'react';
import { api } from '../../../api';
import { Button } from '../../../components/button';
import { formatAgo } from '../../../components/format';
import { ButtonMenu } from '../../../components/overlays';
import type { MenuAction } from '../../../components/overlays';
import { useNow } from '../../../components/time';
import { showToast } from '../../../components/toasts';
import { fileNameOf } from '../../../lib/file-name';
import type { TrainingJob } from '../../../lib/types/lora-training';
import { useRows } from '../../../live-store';
import { jobs } from '../../../stores';
import type { useAction } from '../../../use-load';
import type { Undo } from '../load-into';
import { saveBlock } from '../save-block';
import type { NewRun } from '../use-new-run';

const MOST_RUNS = 4;

const pastRuns = (rows: readonly TrainingJob[]): readonly TrainingJob[] =>
  rows.toSorted((one, other) => other.created_at.localeCompare(one.created_at)).slice(0, MOST_RUNS);

type Action = ReturnType<typeof useAction>;

interface LoadSettingsProps {
  readonly run: NewRun;
  readonly action: Action;
  readonly disabled: boolean;
}

/** Says what was replaced and offers it back, as long as the page is there. */
const useOfferUndo = () => {
  const close = useRef<(() => void) | null>(null);
  useEffect(() => () => close.current?.(), []);
  return (source: string, undo: Undo) => {
    close.current?.();
    close.current =
      undo &&
      showToast(`Filled from ${source}`, 'What was chosen before was replaced.', {
        label: 'Undo',
        onSelect: undo,
      });
  };
};

/** Fills the page as a past run was, or from a file. */
export const LoadSettings = ({ run, action, disabled }: LoadSettingsProps) => {
  const now = useNow();
  const offerUndo = useOfferUndo();
  const ofRuns = pastRuns(useRows(jobs)).map(({ id, name, created_at }, index): MenuAction => ({
    key: id,
    label: index === 0 ? `Last run “${name}”` : `“${name}”`,
    aside: formatAgo(created_at, now),
    onSelect: () => {
      action.clear();
      offerUndo(`run “${name}”`, run.repeat(id));
    },
  }));
  const chooseFile = () =>
    action.run('load', async () => {
      const file = await api.desktop.choose_recipe();
      if (file) offerUndo(`file “${file.file_name}”`, run.fill(file));
    });
  return (
    <ButtonMenu
      look="plain"
      disabled={disabled}
      actions={[...ofRuns, { label: 'A file…', onSelect: chooseFile }]}
    >
      Load settings…
    </ButtonMenu>
  );
};

/** Preset and changes, for later and for the command line; never the data. */
export const SaveRecipe = ({ run, action }: { readonly run: NewRun; readonly action: Action }) => {
  const block = saveBlock(run);
  const save = () =>
    action.run('save', async () => {
      const { request } = run;
      if (!request) return;
      const path = await api.desktop.save_recipe({
        name: `${fileNameOf(run.name, 'recipe')}.json`,
        recipe: { preset: request.preset_id, changes: request.changes },
      });
      if (path !== null) showToast('Saved', path);
    });
  return (
    <Button disabled={block !== null} title={block ?? undefined} onClick={save}>
      Save as recipe
    </Button>
  );
};
