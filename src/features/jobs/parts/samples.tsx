import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { Badge } from '../../../components/badge';
import { Button, IconButton } from '../../../components/button';
import { classNames } from '../../../components/class-names';
import { formatCount, formatLoss } from '../../../components/format';
import { useIsCut } from '../../../components/use-is-cut';
import { questionOf } from '../../../lib/training/question';
import type { JobSample } from '../../../lib/types/job-records';
import { heldOutOf } from '../job-run';
import type { JobRun } from '../job-run';
import { FileText } from '../../../components/file-text';

/** The same question to the untouched model and along the run, side by side. */
export const Samples = ({ run }: { readonly run: JobRun }) => {
  const prompts = [...new Map(run.samples.map((sample) => [questionOf(sample), sample])).values()];
  const [chosen, setChosen] = useState<string | null>(null);
  const [isWhole, setWhole] = useState(false);
  const current = prompts.find((one) => questionOf(one) === chosen) ?? prompts[0];
  const { frame, isCut } = useIsCut(current);
  if (!current)
    return (
      <p className="p-4 text-ink-2">The untouched model answers first; then the model at each checkpoint.</p>
    );
  const bestStep = run.checkpoints.find(({ best }) => best)?.step;
  const answers = run.samples.filter((one) => questionOf(one) === questionOf(current));
  const glance = chosenOf(answers, bestStep);
  const more = answers.length > glance.length ? `Show all ${answers.length} answers` : 'Show whole answers';
  return (
    <div ref={frame} className="flex min-h-28 divide-x overflow-x-auto">
      <div className="w-42 shrink-0 py-3 pr-3 pl-4 text-xs">
        <PromptChoice prompts={prompts} current={current} onChange={setChosen} />
        <p className="mt-1 font-medium">
          <FileText>{current.prompt}</FileText>
        </p>
        {isWhole || isCut || answers.length > glance.length ? (
          <Button
            small
            look="plain"
            className="-ml-2"
            aria-pressed={isWhole}
            onClick={() => setWhole(!isWhole)}
          >
            {isWhole ? 'Show less' : more}
          </Button>
        ) : null}
      </div>
      {(isWhole ? answers : glance).map((sample) => (
        <Answer
          key={sample.step}
          sample={sample}
          best={sample.step === bestStep}
          heldOut={heldOutAt(run, sample)}
          isWhole={isWhole}
        />
      ))}
    </div>
  );
};

const PromptChoice = ({
  prompts,
  current,
  onChange,
}: {
  readonly prompts: readonly JobSample[];
  readonly current: JobSample;
  readonly onChange: (question: string | null) => void;
}) => {
  const at = prompts.indexOf(current);
  const go = (to: number) => {
    const next = prompts[to];
    onChange(next ? questionOf(next) : null);
  };
  return (
    <div className="flex h-5 items-center justify-between text-ink-3">
      <span className="whitespace-nowrap">
        <span className="sr-only">Prompt </span>
        {at + 1} of {prompts.length}, seed {current.seed}
      </span>
      {prompts.length > 1 ? (
        <span className="flex">
          <IconButton
            small
            icon={ChevronLeft}
            label="Previous prompt"
            disabled={at === 0}
            onClick={() => go(at - 1)}
          />
          <IconButton
            small
            icon={ChevronRight}
            label="Next prompt"
            disabled={at === prompts.length - 1}
            onClick={() => go(at + 1)}
          />
        </span>
      ) : null}
    </div>
  );
};

const Answer = ({
  sample,
  best,
  heldOut,
  isWhole,
}: {
  readonly sample: JobSample;
  readonly best: boolean;
  readonly heldOut: number | null;
  readonly isWhole: boolean;
}) => (
  <div className="min-w-52 flex-1 px-3 py-3 text-xs">
    <div className="flex h-5 items-center gap-2 whitespace-nowrap">
      <span className="font-medium">
        {sample.step === 0 ? 'Untouched' : `Step ${formatCount(sample.step)}`}
      </span>
      {best ? <Badge tone="accent">best</Badge> : null}
      <span className="ml-auto text-ink-3">{heldOut === null ? '' : `held-out ${formatLoss(heldOut)}`}</span>
    </div>
    <p
      data-cut
      className={classNames('mt-1 break-words whitespace-pre-wrap text-ink-2', !isWhole && 'line-clamp-4')}
    >
      <FileText>{sample.text}</FileText>
    </p>
  </div>
);

/** The untouched model, the first answer, the best and the last: what a glance can compare. */
const chosenOf = (answers: readonly JobSample[], bestStep: number | undefined): readonly JobSample[] => {
  const [base, first] = [answers.find(({ step }) => step === 0), answers.find(({ step }) => step > 0)];
  const best = answers.find(({ step }) => step === bestStep && step > 0);
  return answers.filter((one) => one === base || one === first || one === best || one === answers.at(-1));
};

const heldOutAt = (run: JobRun, { step }: JobSample): number | null => {
  const { base, all } = heldOutOf(run);
  return (step === 0 ? base?.loss : all.find((one) => one.step === step)?.loss) ?? null;
};
