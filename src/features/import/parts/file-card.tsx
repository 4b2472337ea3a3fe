import { X } from 'lucide-react';
import type { Ref } from 'react';
import { api } from '../../../api';
import { attempt } from '../../../attempt';
import { Badge } from '../../../components/badge';
import { Button, IconButton } from '../../../components/button';
import { Field, Input } from '../../../components/fields';
import { formatAmount, formatBytes, formatCount } from '../../../components/format';
import { Panel } from '../../../components/layout';
import { Async } from '../../../components/states';
import { visibleText } from '../../../lib/visible-text';
import { useLatestAnswer } from '../../../latest-answer';
import { baseName } from '../../../lib/file-name';
import { FORMAT_WORDS } from '../../../lib/messages/dataset-formats';
import type { ImportPreview } from '../../../lib/types/import-preview';
import { asWanted } from '../reading-changes';
import { changeFile, changeReading, noteLook, removeFile } from '../import-store';
import type { ImportFile } from '../import-file';
import { ImportProgress, useIsImporting } from './import-progress';
import { ProblemPreview } from './problem-preview';
import { ReadingForm } from './reading-form';
import { RecordPreview } from './record-preview';
import { Repeated } from './repeated';
import { SharedWith } from './shared-with';

/** One file: what it is, what becomes of it, and then how far it is. */
export const FileCard = ({ file, ref }: { readonly file: ImportFile; readonly ref?: Ref<HTMLElement> }) => {
  const name = visibleText(file.fileName ?? baseName(file.path));
  const { preview, datasetId } = file;
  const isStarted = datasetId !== null;
  const isImporting = useIsImporting(datasetId);
  return (
    <Panel
      ref={ref}
      title={name}
      beside={preview && !isStarted ? <ShapeBadge preview={preview} /> : null}
      note={preview ? factsOf(preview) : null}
      actions={
        // To take away what runs would look like ending it; that is another button.
        isImporting ? null : (
          <IconButton
            small
            look="plain"
            label={`Remove ${name} from this list`}
            icon={X}
            onClick={() => removeFile(file.path)}
          />
        )
      }
    >
      {isStarted ? <ImportProgress file={file} id={datasetId} /> : <Looking file={file} />}
    </Panel>
  );
};

const ShapeBadge = ({ preview }: { readonly preview: ImportPreview }) => {
  const { report, is_whole } = preview;
  if (report.usable_records > 0)
    return <Badge>{report.format ? FORMAT_WORDS[report.format] : 'Recognised'}</Badge>;
  // The look ended before the first record did.
  if (!is_whole && report.records_total === 0) return <Badge>Not looked at</Badge>;
  return <Badge tone="bad">No usable record</Badge>;
};

const factsOf = (preview: ImportPreview): string => {
  const { size_bytes, archive, encoding, container } = preview;
  const size = size_bytes === 0 ? null : formatBytes(size_bytes);
  const facts = [size, container, archive, isHopeless(preview) ? null : encoding];
  return facts.filter(Boolean).join(' · ');
};

const look = async ({
  path,
  reading,
  fileName,
}: Pick<ImportFile, 'path' | 'reading' | 'fileName'>): Promise<ImportPreview> => {
  const preview = await api.datasets.preview({ path, reading, file_name: fileName });
  noteLook(path, reading, preview);
  return preview;
};

const Looking = ({ file }: { readonly file: ImportFile }) => {
  const { path, reading, fileName } = file;
  const { state, current } = useLatestAnswer({ path, reading, fileName }, look);
  return (
    <Async state={state} rows={4} errorTitle="The file cannot be looked at">
      {(preview) => (
        <div aria-busy={!current} className="grid grid-cols-1 gap-6 narrow:grid-cols-2">
          <div className="flex min-w-0 flex-col gap-4">
            <Recognised file={file} preview={preview} />
            {isHopeless(preview) ? null : (
              <>
                <SharedWith file={file} />
                <ReadingForm
                  preview={asWanted(preview, reading)}
                  onChange={(next) => changeReading(path, next)}
                />
                <Words file={file} preview={preview} />
              </>
            )}
          </div>
          <div className="flex min-w-0 flex-col gap-4">
            <RecordPreview records={preview.records} />
            {isSaidAtOnce(preview) ? null : (
              <ProblemPreview report={preview.report} isSalvaged={preview.reading.salvage ?? false} />
            )}
          </div>
        </div>
      )}
    </Async>
  );
};

const extentOf = ({ report, is_whole }: ImportPreview): string => {
  if (report.records_total === 0) return '';
  const unanswered =
    report.skipped_null_target > 0 ? `, ${formatCount(report.skipped_null_target)} without an answer` : '';
  const usable = `${formatAmount(report.usable_records, 'usable record')} of ${formatAmount(report.records_total, 'record')}${unanswered}`;
  return is_whole
    ? `${usable}, the whole file.`
    : `${usable}, the beginning of the file; the import reads the rest.`;
};

/** No other reading would make anything of it: a folder, an archive of several files, nothing at all. */
const isHopeless = ({ container, reading, report, is_whole }: ImportPreview): boolean =>
  is_whole &&
  container === null &&
  Object.keys(reading).length === 0 &&
  !report.problems.some(({ type }) => type === 'unknown_shape' || type === 'encoding_error');

/** Why nothing of it was read is all that is wrong with it: of no line, and not to be said twice. */
const isSaidAtOnce = (preview: ImportPreview): boolean =>
  isHopeless(preview) && preview.report.problems.every(({ error }) => error === preview.report.reason);

const Recognised = ({ file, preview }: { readonly file: ImportFile; readonly preview: ImportPreview }) => {
  const { report, is_remembered, signature, link_target } = preview;
  const suggestion = isSaidAtOnce(preview) ? report.problems[0]?.suggestion : null;
  const forget = async () => {
    if (signature !== null) await api.datasets.forget_reading({ signature });
    changeReading(file.path, {});
  };
  return (
    <div className="flex flex-col gap-2">
      <p>
        <bdi>{visibleText(report.reason)}</bdi>
        {suggestion ? <span className="text-ink-2"> {visibleText(suggestion)}</span> : null}
      </p>
      <p className="text-xs text-ink-2">
        {extentOf(preview)}
        {link_target ? ` A link to ${visibleText(link_target)}.` : ''}
        <Repeated report={report} lead=" " />
      </p>
      {is_remembered ? (
        <p className="flex items-center gap-3 rounded-md bg-info-tint px-3 py-2 text-info">
          <span className="min-w-0 flex-1">Read as last time for files like this.</span>
          <Button small onClick={() => void attempt('The mapping was not forgotten', forget)}>
            Forget
          </Button>
        </p>
      ) : null}
    </div>
  );
};

const withoutEnding = (name: string): string => name.replace(/(.)\.[^.]*$/, '$1');

const Words = ({ file, preview }: { readonly file: ImportFile; readonly preview: ImportPreview }) => (
  <div className="grid grid-cols-2 gap-3">
    <Field label="Name">
      <Input
        value={file.name ?? ''}
        placeholder={visibleText(withoutEnding(preview.file_name))}
        maxLength={200}
        onChange={(event) =>
          changeFile(file.path, { name: event.target.value === '' ? null : event.target.value })
        }
      />
    </Field>
    <Field label="Description">
      <Input
        value={file.description}
        maxLength={2000}
        placeholder="What it is for"
        onChange={(event) => changeFile(file.path, { description: event.target.value })}
      />
    </Field>
  </div>
);
