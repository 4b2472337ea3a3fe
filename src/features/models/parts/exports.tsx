import { CircleCheck, CircleX, RefreshCw, TriangleAlert } from 'lucide-react';
import { useMemo } from 'react';
import { api } from '../../../api';
import { attempt } from '../../../attempt';
import { TONE_TEXT } from '../../../components/badge';
import type { Tone } from '../../../components/badge';
import { Button } from '../../../components/button';
import { classNames } from '../../../components/class-names';
import { formatAmount, formatBytes } from '../../../components/format';
import { Panel } from '../../../components/layout';
import { Async } from '../../../components/states';
import { uncheckedWords } from '../../../lib/messages/llama-cpp-check';
import { mergedLossWords } from '../../../lib/messages/merged-loss';
import type { ArtifactExport, ExportVerification } from '../../../lib/types/model-artifact';
import { createLiveStore, useLive } from '../../../live-store';

/** The exports of one model, live. */
export const useExports = (artifactId: string) => {
  const store = useMemo(
    () =>
      createLiveStore<ArtifactExport>({
        list: () => api.models.exports({ id: artifactId }),
        onChanged: (listener) =>
          api.models.onExportChanged((one) => {
            if (one.artifact_id === artifactId) listener(one);
          }),
      }),
    [artifactId],
  );
  return { state: useLive(store), put: store.put, reload: store.reload };
};

export const Exports = ({
  exports,
  onExport,
}: {
  readonly exports: ReturnType<typeof useExports>;
  readonly onExport: () => void;
}) => (
  <Panel title="Exports" plain note="Done means loaded again and compared">
    <Async
      state={exports.state}
      errorTitle="The exports cannot be read"
      onRetry={() => void exports.reload()}
      rows={3}
    >
      {(rows) =>
        rows.size === 0 ? (
          <div className="flex flex-col items-start gap-3 p-4">
            <p className="text-ink-2">
              None yet. An export is the adapter, or base model and adapter merged, with tokenizer, template
              and model card, or either for llama.cpp.
            </p>
            <Button onClick={onExport}>Export…</Button>
          </div>
        ) : (
          <ul>
            {[...rows.values()]
              .toSorted((one, other) => other.created_at.localeCompare(one.created_at))
              .map((one) => (
                <ExportRow key={one.id} one={one} />
              ))}
          </ul>
        )
      }
    </Async>
  </Panel>
);

const LOOKS = {
  pending: { icon: RefreshCw, tone: 'info' },
  running: { icon: RefreshCw, tone: 'info' },
  completed: { icon: CircleCheck, tone: 'good' },
  failed: { icon: CircleX, tone: 'bad' },
  unchecked: { icon: TriangleAlert, tone: 'warn' },
} as const satisfies Record<ArtifactExport['status'] | 'unchecked', { icon: typeof RefreshCw; tone: Tone }>;

const NAMES: Readonly<Record<ArtifactExport['format'], string>> = {
  adapter: 'Adapter folder',
  zip: 'Adapter as ZIP',
  merged: 'Merged model',
  'gguf-adapter': 'GGUF adapter',
  gguf: 'Merged GGUF',
};

const ExportRow = ({ one }: { readonly one: ArtifactExport }) => {
  const look = one.verification && uncheckedWords(one.verification) !== null ? 'unchecked' : one.status;
  const { icon: Icon, tone } = LOOKS[look];
  const size = one.files.reduce((sum, { size_bytes }) => sum + size_bytes, 0);
  return (
    <li className="flex min-h-15 items-center gap-3 border-b px-4 py-2 last:border-0">
      <Icon aria-label={look} className={classNames('size-4 shrink-0', TONE_TEXT[tone])} />
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium">
          {NAMES[one.format]}{' '}
          <span className="font-normal text-ink-2">{size > 0 ? formatBytes(size) : ''}</span>
        </p>
        <p className={classNames('text-xs', one.status === 'failed' ? 'text-bad' : 'text-ink-2')}>
          {outcome(one)}
        </p>
        <p className="truncate font-mono text-mono text-ink-3" title={one.path}>
          {one.path}
        </p>
      </div>
      <ExportAct one={one} />
    </li>
  );
};

const ExportAct = ({ one }: { readonly one: ArtifactExport }) => {
  const { artifact_id: id, format, path: to, status } = one;
  if (status === 'completed')
    return (
      <Button
        small
        onClick={() =>
          void attempt('The folder cannot be shown', () => api.desktop.show_in_folder({ path: to }))
        }
      >
        Open folder
      </Button>
    );
  if (status !== 'failed') return null;
  // The row that comes for it says how it goes.
  const again = () => void attempt('The export was not made', () => api.models.export({ id, format, to }));
  return (
    <Button small onClick={again}>
      Export again
    </Button>
  );
};

const CHECKS: Readonly<Record<ArtifactExport['format'], string>> = {
  adapter: 'Checking: loaded again in plain PEFT…',
  zip: 'Checking: unpacked and loaded again in plain PEFT…',
  merged: 'Checking: loaded again, compared with base and adapter…',
  'gguf-adapter': 'Checking: read back, loaded in llama.cpp beside its base model…',
  gguf: 'Checking: read back, loaded in llama.cpp, compared with base and adapter…',
};

const outcome = ({ format, status, verification, error }: ArtifactExport): string => {
  if (status === 'pending') return 'Writing the files…';
  if (status === 'running') return CHECKS[format];
  if (!verification) return error ?? 'Not compared.';
  const figures = figuresOf(verification);
  if (status === 'failed') return `${error ?? 'Differs from the trainer'}: ${figures}`;
  const release = verification.gguf?.llama_cpp;
  return (
    uncheckedWords(verification) ??
    (release ? `Loaded in llama.cpp ${release}: ${figures}` : `Loaded again: ${figures}`)
  );
};

const figuresOf = (verification: ExportVerification): string => {
  const { max_abs_diff: difference, greedy_equal, prompts } = verification;
  const logits =
    difference === 0 ? 'logits identical' : `largest logit difference ${difference?.toExponential(1) ?? '–'}`;
  const tokens = `greedy tokens ${greedy_equal === true ? 'agree' : 'differ'}`;
  return [mergedLossWords(verification), logits, tokens, formatAmount(prompts, 'prompt')]
    .filter((part) => part !== null)
    .join(', ');
};
