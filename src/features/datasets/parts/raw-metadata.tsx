import { Check, Copy } from 'lucide-react';
import { api } from '../../../api';
import { Button } from '../../../components/button';
import { FileText } from '../../../components/file-text';
import { Panel } from '../../../components/layout';
import { Async } from '../../../components/states';
import { useCopy } from '../../../components/use-copy';
import type { SourceMetadata } from '../../../lib/types/dataset-metadata';
import type { DatasetVersion } from '../../../lib/types/dataset-versions';
import type { Dataset } from '../../../lib/types/lora-training';
import type { Loaded } from '../../../live-store';
import { useLoad } from '../../../use-load';
import { currentOf } from '../use-versions';

interface RawMetadataProps {
  readonly dataset: Dataset;
  readonly versions: Loaded<readonly DatasetVersion[]>;
}

/** What is known of the file, and what it says of itself beside its records, in its own letters. */
export const RawMetadata = ({ dataset, versions }: RawMetadataProps) => {
  const { id, revision } = dataset;
  const { state, reload } = useLoad(`${id} ${revision}`, () => api.datasets.metadata({ id }));
  const version = versions.kind === 'ready' ? currentOf(versions.value) : undefined;
  return (
    <Async state={state} errorTitle="The file cannot be read" onRetry={reload} framed>
      {(metadata) => (
        <div className="flex flex-col gap-4">
          <Raw title="File" text={JSON.stringify(fileOf(dataset, metadata, version), null, 2)} />
          {metadata.members.map(({ name, text, is_cut }) => (
            <Raw key={name} title={name} text={is_cut ? `${text}…` : text} />
          ))}
          {metadata.members.length === 0 ? (
            <p className="px-4 text-ink-2">The file says nothing of itself beside its records.</p>
          ) : null}
        </div>
      )}
    </Async>
  );
};

const fileOf = (
  { file_name, file_size, kind, report, validated_at }: Dataset,
  { encoding, archive }: SourceMetadata,
  version: Pick<DatasetVersion, 'number' | 'sha256'> | undefined,
) => ({
  file_name,
  size_bytes: file_size,
  format: report?.format ?? null,
  shape: report?.shape ?? null,
  kind,
  read_as: report?.reason ?? null,
  encoding,
  archive,
  ...(version && { version: version.number, records_sha256: version.sha256 }),
  validated_at,
});

const Raw = ({ title, text }: { readonly title: string; readonly text: string }) => {
  const { copied, copy } = useCopy(text);
  return (
    <Panel
      title={title}
      plain
      actions={
        <Button small icon={copied ? Check : Copy} aria-label={`Copy ${title}`} onClick={copy}>
          {copied ? 'Copied' : 'Copy'}
        </Button>
      }
    >
      <pre
        tabIndex={0}
        aria-label={title}
        className="max-h-96 overflow-auto p-4 font-mono text-mono wrap-anywhere whitespace-pre-wrap"
      >
        <FileText>{text}</FileText>
      </pre>
    </Panel>
  );
};
