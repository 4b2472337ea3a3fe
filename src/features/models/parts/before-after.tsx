import { useState } from 'react';
import { api } from '../../../api';
import { Button } from '../../../components/button';
import { classNames } from '../../../components/class-names';
import { formatCount } from '../../../components/format';
import { FileText } from '../../../components/file-text';
import { visibleText } from '../../../lib/visible-text';
import { useIsCut } from '../../../components/use-is-cut';
import type { ModelArtifact } from '../../../lib/types/model-artifact';
import { useLoad } from '../../../use-load';
import { answerPair } from '../answer-pair';

/** One question before and after, as the run asked it; nothing where it asked none. */
export const BeforeAfter = ({ model }: { readonly model: ModelArtifact }) => {
  const { job_id, training_summary: summary } = model;
  const { state } = useLoad(`answers ${job_id ?? 'imported'}`, () =>
    job_id === null ? Promise.resolve([]) : api.jobs.samples({ id: job_id }),
  );
  const [isWhole, setWhole] = useState(false);
  const { frame, isCut } = useIsCut(state);
  const pair = state.kind === 'ready' ? answerPair(state.value, summary.source_step) : null;
  if (!pair) return null;
  return (
    <section aria-label="One answer before and after" className="border-t px-4 py-3">
      <div className="flex min-h-6 items-center justify-between gap-3">
        <p className="truncate font-medium" title={visibleText(pair.prompt)}>
          <FileText>{pair.prompt}</FileText>
        </p>
        {isWhole || isCut ? (
          <Button
            small
            look="plain"
            className="-mr-2"
            aria-pressed={isWhole}
            onClick={() => setWhole(!isWhole)}
          >
            {isWhole ? 'Show less' : 'Show whole answers'}
          </Button>
        ) : null}
      </div>
      <div ref={frame} className="mt-2 grid grid-cols-1 gap-4 medium:grid-cols-2">
        <Answer who="Untouched model" text={pair.base} isWhole={isWhole} />
        <Answer who={`Step ${formatCount(pair.step)}`} text={pair.adapter} isWhole={isWhole} />
      </div>
    </section>
  );
};

const Answer = ({
  who,
  text,
  isWhole,
}: {
  readonly who: string;
  readonly text: string;
  readonly isWhole: boolean;
}) => (
  <div className="min-w-0 text-xs">
    <p className="text-ink-3">{who}</p>
    <p
      data-cut
      className={classNames('mt-1 break-words whitespace-pre-wrap text-ink-2', !isWhole && 'line-clamp-5')}
    >
      <FileText>{text}</FileText>
    </p>
  </div>
);
