import { FileUp, Plus, Upload } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { useStore } from 'zustand';
import { api } from '../../api';
import { attempt } from '../../attempt';
import { Button } from '../../components/button';
import { formatAmount } from '../../components/format';
import { Page, Panel } from '../../components/layout';
import { EmptyState } from '../../components/states';
import { paths } from '../../paths';
import { datasets } from '../../stores';
import { changeFile, importFiles, isImportable } from './import-store';
import type { ImportFile } from './import-file';
import { FileCard } from './parts/file-card';
import { chooseAndImport } from './take-files';

const start = async ({ path, fileName, name, description, preview }: ImportFile): Promise<void> => {
  if (preview === null) return;
  const wanted = name?.trim() ?? '';
  const dataset = await api.datasets.import_file({
    path,
    file_name: fileName,
    name: wanted === '' ? null : wanted,
    description,
    reading: preview.reading,
  });
  datasets.put(dataset);
  changeFile(path, { datasetId: dataset.id });
};

const isLost = (focused: Element | null): boolean =>
  focused === null || focused === document.body || focused.matches(':disabled');

/** The button that was pressed is of no use once all is started: the first card that it started has the focus then. */
const useFocusAfter = (isDone: boolean) => {
  const cards = useRef(new Map<string, HTMLElement>());
  const started = useRef<string | null>(null);
  useEffect(() => {
    if (!isDone || started.current === null) return;
    if (isLost(document.activeElement)) cards.current.get(started.current)?.focus();
    started.current = null;
  }, [isDone]);
  return {
    begin: (path: string | undefined) => {
      started.current = path ?? null;
    },
    cardOf: (path: string) => (card: HTMLElement) => {
      cards.current.set(path, card);
      return () => void cards.current.delete(path);
    },
  };
};

/** Files on their way to become datasets: looked at, mapped, imported, on one page. */
export const ImportPage = () => {
  const [, navigate] = useLocation();
  const [busy, setBusy] = useState(false);
  const { files } = useStore(importFiles);
  const ready = files.filter(isImportable);
  const focus = useFocusAfter(ready.length === 0 && !busy);
  const importAll = async () => {
    if (busy) return;
    setBusy(true);
    focus.begin(ready[0]?.path);
    for (const file of ready)
      await attempt(`“${file.preview?.file_name ?? file.path}” was not imported`, () => start(file));
    setBusy(false);
  };
  return (
    <Page
      title="Import"
      parent={{ label: 'Datasets', href: paths.datasets }}
      actions={
        files.length === 0 ? null : (
          <>
            <Button icon={Plus} onClick={() => void chooseAndImport(navigate)}>
              Add files…
            </Button>
            <Button
              look="filled"
              icon={Upload}
              // Disabled while it works it would lose the focus, though something may be left to press it for.
              aria-busy={busy}
              disabled={ready.length === 0}
              onClick={() => void importAll()}
            >
              {ready.length > 1 ? `Import ${formatAmount(ready.length, 'file')}` : 'Import'}
            </Button>
          </>
        )
      }
    >
      {files.length === 0 ? (
        <NoFiles />
      ) : (
        files.map((file) => <FileCard key={file.path} file={file} ref={focus.cardOf(file.path)} />)
      )}
    </Page>
  );
};

const NoFiles = () => {
  const [, navigate] = useLocation();
  return (
    <Panel plain>
      <EmptyState
        icon={FileUp}
        title="Drop files or folders here"
        actions={
          <Button look="filled" icon={Upload} shortcut="O" onClick={() => void chooseAndImport(navigate)}>
            Choose files…
          </Button>
        }
      >
        JSONL, JSON, CSV, TSV, Parquet, text or Markdown, also packed with gzip or zstd. What each is is told
        by its content, and you see its first records before anything is kept.
      </EmptyState>
    </Panel>
  );
};
