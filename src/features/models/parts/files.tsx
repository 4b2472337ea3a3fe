import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../../api';
import { Button, IconButton } from '../../../components/button';
import { DataTable } from '../../../components/data-table';
import type { Column } from '../../../components/data-table';
import { formatAmount, formatBytes, formatHash } from '../../../components/format';
import { Panel } from '../../../components/layout';
import { ErrorNote } from '../../../components/states';
import { useCopy } from '../../../components/use-copy';
import { Ago } from '../../../components/time';
import type { ArtifactFile, ModelArtifact } from '../../../lib/types/model-artifact';
import { models } from '../../../stores';
import { useAction } from '../../../use-load';

const COLUMNS: readonly Column<ArtifactFile>[] = [
  {
    key: 'name',
    head: 'Name',
    grow: true,
    wrap: true,
    cell: ({ name }) => (
      <span className="font-mono text-mono" title={name}>
        {name}
      </span>
    ),
  },
  { key: 'size', head: 'Size', right: true, cell: ({ size_bytes }) => formatBytes(size_bytes) },
  {
    key: 'sha',
    head: 'SHA-256',
    cell: ({ sha256 }) => (
      <span className="font-mono text-mono" title={sha256}>
        {formatHash(sha256)}
      </span>
    ),
  },
  {
    key: 'copy',
    head: 'Copy',
    quiet: true,
    cell: (file) => <CopyChecksum file={file} />,
  },
];

function CopyChecksum({ file: { name, sha256 } }: { readonly file: ArtifactFile }) {
  const { copied, copy } = useCopy(sha256);
  return (
    <IconButton
      small
      look="plain"
      icon={copied ? Check : Copy}
      label={copied ? 'Copied' : `Copy the checksum of ${name}`}
      onClick={copy}
    />
  );
}

export const Files = ({ model }: { readonly model: ModelArtifact }) => {
  const action = useAction();
  const [checked, setChecked] = useState<string | null>(null);
  const verify = async () => {
    models.put(await api.models.verify({ id: model.id }));
    setChecked(new Date().toISOString());
  };
  const size = model.artifacts.reduce((sum, { size_bytes }) => sum + size_bytes, 0);
  return (
    <Panel
      title="Files"
      plain
      note={
        checked ? (
          <>
            Checked <Ago time={checked} />, all match
          </>
        ) : (
          <>
            Hashed <Ago time={model.created_at} />
          </>
        )
      }
    >
      <DataTable label="Files" columns={COLUMNS} rows={model.artifacts} rowKey={({ path }) => path} />
      <ErrorNote error={action.failure} onDismiss={action.clear} />
      <div className="flex min-h-11 items-center justify-between gap-3 border-t px-4 text-xs text-ink-2">
        <span>
          {formatAmount(model.artifacts.length, 'file')}, {formatBytes(size)}. Safetensors only, nothing
          executable.
        </span>
        <Button small busy={action.busy !== null} onClick={() => action.run('verify', verify)}>
          Check again
        </Button>
      </div>
    </Panel>
  );
};
