import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react';
import { useLocation } from 'wouter';
import { TONE_TEXT } from '../../../components/badge';
import { Button } from '../../../components/button';
import { classNames } from '../../../components/class-names';
import { capitalised, formatChangeWords } from '../../../components/format';
import type { TrainingJob } from '../../../lib/types/lora-training';
import { useRows } from '../../../live-store';
import { paths } from '../../../paths';
import { models } from '../../../stores';
import { verdictOf } from '../job-words';

/** How it ended: the verdict, or what went wrong and the one thing to do. */
export const JobOutcome = ({ job }: { readonly job: TrainingJob }) => {
  const [, navigate] = useLocation();
  if (job.status === 'completed') return <Verdict job={job} />;
  if (job.error_message === null || job.status === 'queued' || job.status === 'running') return null;
  const tone = job.status === 'failed' ? 'bg-bad-tint text-bad' : 'bg-warn-tint text-warn';
  return (
    <section
      role="alert"
      aria-label="What happened"
      className={classNames('flex items-start gap-3 rounded-lg px-4 py-3', tone)}
    >
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div className="min-w-0 flex-1">
        <p className="font-semibold">{job.error_message}</p>
        {job.error_hint ? <p className="text-ink">{job.error_hint}</p> : null}
        {job.error_stack ? (
          <details className="mt-1 text-xs text-ink-2">
            <summary>{job.error_code}: details</summary>
            <pre className="mt-1 max-h-48 overflow-auto font-mono text-mono whitespace-pre-wrap">
              {job.error_stack}
            </pre>
          </details>
        ) : null}
      </div>
      {job.status === 'failed' ? (
        <Button className="text-ink" onClick={() => navigate(paths.newRunLike(job.id))}>
          Change the settings
        </Button>
      ) : null}
    </section>
  );
};

const Verdict = ({ job }: { readonly job: TrainingJob }) => {
  const [, navigate] = useLocation();
  const model = useRows(models).find(({ id }) => id === job.artifact_id);
  if (!model) return null;
  const { words, figures, tone } = verdictOf(model);
  const { base_validation_loss: before, final_validation_loss: after, method } = model.quality_metrics;
  const Icon = tone === 'good' ? CircleCheck : TriangleAlert;
  return (
    <section
      aria-label="Verdict"
      className="flex shrink-0 items-center gap-3 rounded-lg border bg-surface-2 px-4 py-3"
    >
      <Icon aria-hidden className={classNames('size-5 shrink-0', TONE_TEXT[tone])} />
      <div className="min-w-0 flex-1">
        <p className="text-md font-semibold">
          {words}
          {before !== null && after !== null ? `: loss ${formatChangeWords(before, after)}` : ''}
        </p>
        <p className="truncate text-xs text-ink-2" title={method}>
          {figures}. {capitalised(method)}.
        </p>
      </div>
      <Button onClick={() => navigate(paths.newRunLike(job.id))}>New run like this</Button>
    </section>
  );
};
