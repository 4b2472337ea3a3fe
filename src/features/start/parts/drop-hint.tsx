import { FileText } from 'lucide-react';
import { formatBytes } from '../../../components/format';
import { useValue } from '../../../live-value';
import { settings } from '../../../stores';

const SHAPES = [
  ['training_pairs', 'BrightRun'],
  ['messages', 'chat, a line each'],
  ['instruction, output', 'Alpaca'],
  ['prompt, completion', 'questions with answers'],
  ['.txt .md', 'plain text'],
  ['conversations', 'ShareGPT'],
  ['turns', 'a conversation a line'],
  ['prompt, chosen, rejected', 'preference pairs'],
  ['prompt, completion, label', 'KTO'],
  ['.csv .tsv .parquet', 'table with columns'],
] as const;
/** As many as leave the whole page in view at 1280 × 800. */
const SHOWN = 5;

export const DropHint = () => {
  const limits = useValue(settings);
  return (
    <section
      aria-label="Your own data"
      className="flex flex-1 flex-col rounded-lg border border-dashed border-line-control p-4"
    >
      <h2 className="flex items-center gap-2 font-medium">
        <FileText aria-hidden className="size-4" />
        Drop a file or folder anywhere
      </h2>
      <p className="text-ink-2">Its shape is recognised by content, not by name.</p>
      <dl className="mt-2 grid grid-cols-[auto_1fr] items-center text-xs">
        {SHAPES.map(([keys, name], index) => (
          <div key={keys} className={index < SHOWN ? 'contents' : 'hidden tall:contents'}>
            <dt className="font-mono text-mono">{keys}</dt>
            <dd className="text-right text-ink-2">{name}</dd>
          </div>
        ))}
      </dl>
      {limits ? (
        <p className="mt-auto pt-2 text-xs text-ink-2">
          <span className="tall:hidden">
            {SHOWN} of {SHAPES.length} shapes shown.{' '}
          </span>
          Up to {formatBytes(limits.dataset_size_limit_bytes)} a file.
        </p>
      ) : null}
    </section>
  );
};
