import { Download } from 'lucide-react';
import { api } from '../../../api';
import { attempt } from '../../../attempt';
import { chartPicture } from '../../../components/chart-picture';
import { Menu } from '../../../components/overlays';
import { showToast } from '../../../components/toasts';
import { fileNameOf } from '../../../lib/file-name';
import type { JobRun } from '../job-run';
import { runCsv } from '../run-csv';

interface SaveMenuProps {
  readonly name: string;
  readonly run: JobRun;
  /** One sentence under the picture's title. */
  readonly says: string;
  /** What the chart is drawn in; null where it is shown as a table. */
  readonly frame: () => HTMLElement | null;
}

const save = (file: { name: string; content: string; encoding: 'utf8' | 'base64' }): Promise<void> =>
  attempt('Nothing was saved', async () => {
    const path = await api.desktop.save_file(file);
    if (path !== null) showToast('Saved', path);
  });

/** The chart as it is in view, and every value behind it. */
export const SaveMenu = ({ name, run, says, frame }: SaveMenuProps) => {
  const file = fileNameOf(name, 'run');
  const savePicture = () => {
    const drawnIn = frame();
    const content = drawnIn ? chartPicture(drawnIn, { title: `${name}: loss`, says }) : null;
    if (content === null) showToast('Nothing was saved', 'Show the chart first: a table has no picture.');
    else void save({ name: `${file} loss.png`, content, encoding: 'base64' });
  };
  const saveValues = () => void save({ name: `${file} metrics.csv`, content: runCsv(run), encoding: 'utf8' });
  return (
    <Menu
      small
      icon={Download}
      label="Save"
      actions={[
        { label: 'Picture (PNG)…', onSelect: savePicture },
        { label: 'Values (CSV)…', onSelect: saveValues },
      ]}
    />
  );
};
