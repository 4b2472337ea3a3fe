import { Gauge } from 'lucide-react';
import { classNames } from '../../../components/class-names';
import { Panel } from '../../../components/layout';

const STEPS = [
  { title: 'Load the bundled model and sample', says: 'Both are part of the app; nothing is downloaded' },
  { title: 'Ask the untouched model', says: 'Its answers stay on screen, to compare with step 4' },
  { title: 'Train with a live loss curve', says: 'A LoRA adapter; about a tenth of the records is held out' },
  {
    title: 'Ask again, and say whether it got better',
    says: 'Held-out loss before and after, on the same records',
  },
] as const;

/** Closer together once there are things of one's own to show below. */
export const TryIt = ({ compact }: { readonly compact: boolean }) => (
  <Panel
    title="What “Try it” does"
    note="Bundled model and sample, no download"
    plain
    className="flex flex-1 flex-col"
  >
    <ol className="flex-1 p-4">
      {STEPS.map(({ title, says }, index) => (
        <li
          key={title}
          className={classNames('relative flex gap-3', compact ? 'min-h-11 last:min-h-0' : 'min-h-16')}
        >
          {index < STEPS.length - 1 ? (
            <span aria-hidden className="absolute top-6 bottom-0 left-3 border-l" />
          ) : null}
          <span
            aria-hidden
            className="flex size-6 shrink-0 items-center justify-center rounded-full border border-line-strong text-xs text-ink-2"
          >
            {index + 1}
          </span>
          <div>
            <p>{title}</p>
            <p className="text-xs text-ink-2">{says}</p>
          </div>
        </li>
      ))}
    </ol>
    <p className="flex gap-2 border-t px-4 py-3 text-xs text-ink-2">
      <Gauge aria-hidden className="size-4 shrink-0" />A probe of this machine first fixes the number of
      steps; how long they take is shown from then on.
    </p>
  </Panel>
);
