import {
  Check,
  ChevronDown,
  ChevronRight,
  CircleAlert,
  CircleCheck,
  CirclePause,
  Copy,
  TriangleAlert,
} from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { attempt } from '../../../attempt';
import { TONE_TEXT } from '../../../components/badge';
import { Button } from '../../../components/button';
import { classNames } from '../../../components/class-names';
import { capitalised, formatChangeWords } from '../../../components/format';
import { earlyEndWords } from '../../../lib/training/run-end';
import type { Checkpoint } from '../../../lib/types/job-records';
import type { TrainingJob } from '../../../lib/types/lora-training';
import { useRows } from '../../../live-store';
import { paths } from '../../../paths';
import { models } from '../../../stores';
import { newestOf, waysOn } from '../failures';
import { wayDoing } from '../job-doings';
import type { JobRun } from '../job-run';
import { isRunning, verdictOf, verdictWith } from '../job-words';
import { whatNowWords } from '../resume-words';

/** How it ended: the verdict, or what went wrong and the one thing to do. */
export const JobOutcome = ({ job, run }: { readonly job: TrainingJob; readonly run: JobRun | null }) => {
  if (job.status === 'completed') return <Verdict job={job} end={earlyEndWords(run?.events ?? [])} />;
  if (job.status === 'queued' || isRunning(job)) return null;
  const message = job.error_message ?? (job.status === 'paused' ? 'Paused.' : null);
  return message === null ? null : <Stopped job={job} run={run} message={message} />;
};

const Stopped = ({
  job,
  run,
  message,
}: {
  readonly job: TrainingJob;
  readonly run: JobRun | null;
  readonly message: string;
}) => {
  const failed = job.status === 'failed';
  // By a person, who knows: nothing is wrong.
  const paused = job.status === 'paused';
  const Icon = paused ? CirclePause : CircleAlert;
  const from = run === null ? undefined : newestOf(run.checkpoints);
  return (
    <section
      role={paused ? 'status' : 'alert'}
      aria-label="What happened"
      className={classNames(
        'flex shrink-0 flex-wrap items-start gap-3 rounded-lg px-4 py-3',
        failed ? 'bg-bad-tint text-bad' : paused ? 'border bg-surface-2' : 'bg-warn-tint text-warn',
      )}
    >
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div className="min-w-0 flex-1 basis-80">
        <p className="font-semibold break-words">{message}</p>
        <p className="text-ink">{whatNowWords(job, from)}</p>
        {job.error_stack ? <Details job={job} stack={job.error_stack} /> : null}
      </div>
      {failed ? <OtherWay job={job} from={from} /> : null}
    </section>
  );
};

const Details = ({ job, stack }: { readonly job: TrainingJob; readonly stack: string }) => {
  const [open, setOpen] = useState(false);
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    const words = [`${job.error_code ?? ''}: ${job.error_message ?? ''} ${job.error_hint ?? ''}`, stack];
    await navigator.clipboard.writeText(words.join('\n\n'));
    setCopied(true);
  };
  return (
    <div className="mt-1 -ml-2 text-ink">
      <Button
        small
        look="plain"
        icon={open ? ChevronDown : ChevronRight}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        Details
      </Button>
      <Button small look="plain" icon={copied ? Check : Copy} onClick={() => void copy()}>
        {copied ? 'Copied' : 'Copy details'}
      </Button>
      {open ? (
        <div className="mt-1 ml-2">
          <p className="font-mono text-mono text-ink-2">{job.error_code}</p>
          <pre
            tabIndex={0}
            aria-label="Details"
            className="mt-1 max-h-48 overflow-auto rounded-md border bg-surface-2 p-2 font-mono text-mono whitespace-pre-wrap"
          >
            {stack}
          </pre>
        </div>
      ) : null}
    </div>
  );
};

/** What else can be done with a failed run than the filled button says. */
const OtherWay = ({
  job,
  from,
}: {
  readonly job: TrainingJob;
  readonly from: Checkpoint | null | undefined;
}) => {
  const [, navigate] = useLocation();
  const [, way] = waysOn(job, from);
  if (way === undefined) return null;
  const { label, run } = wayDoing(way, job, navigate);
  return (
    <Button className="text-ink" onClick={() => void attempt(`Not done to “${job.name}”: ${label}`, run)}>
      {label}
    </Button>
  );
};

const Verdict = ({ job, end }: { readonly job: TrainingJob; readonly end: string | null }) => {
  const [, navigate] = useLocation();
  const model = useRows(models).find(({ id }) => id === job.artifact_id);
  if (!model) return null;
  const verdict = verdictOf(model);
  const { words, figures, tone } = verdict;
  const { base_validation_loss: before, final_validation_loss: after, method } = model.quality_metrics;
  const Icon = tone === 'good' ? CircleCheck : TriangleAlert;
  const says = `${end === null ? '' : `${capitalised(end)}. `}${capitalised(figures)}. ${capitalised(method)}.`;
  return (
    <section
      aria-label="Verdict"
      className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1 rounded-lg border bg-surface-2 px-4 py-2"
    >
      <Icon aria-hidden className={classNames('size-5 shrink-0', TONE_TEXT[tone])} />
      <p className="text-md font-semibold" title={verdict.method}>
        {before !== null && after !== null
          ? verdictWith(verdict, `loss ${formatChangeWords(before, after)}`)
          : words}
      </p>
      <p className="min-w-0 flex-1 basis-60 truncate text-xs text-ink-2" title={says}>
        {says}
      </p>
      <Button onClick={() => navigate(paths.newRunLike(job.id))}>New run like this</Button>
    </section>
  );
};
