import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from '../../../components/button';
import { formatCount } from '../../../components/format';
import type { JobSample } from '../../../lib/types/job-records';
import type { JobRun } from '../job-run';

/** The same question to the untouched model and along the run, side by side. */
export const Samples = ({ run }: { readonly run: JobRun }) => {
  const prompts = [...new Map(run.samples.map((sample) => [sample.prompt_id, sample])).values()];
  const [chosen, setChosen] = useState<string | null>(null);
  const current = prompts.find(({ prompt_id }) => prompt_id === chosen) ?? prompts[0];
  if (!current)
    return (
      <p className="p-4 text-ink-2">The untouched model answers first; then the model at each checkpoint.</p>
    );
  const at = prompts.indexOf(current);
  const go = (to: number) => setChosen(prompts[to]?.prompt_id ?? null);
  const answers = run.samples.filter(({ prompt_id }) => prompt_id === current.prompt_id);
  return (
    <div className="flex min-h-30 divide-x overflow-x-auto">
      <div className="w-50 shrink-0 p-4">
        <div className="flex justify-between text-xs text-ink-3">
          <span>
            Prompt {at + 1} of {prompts.length}
          </span>
          <span>seed {current.seed}</span>
        </div>
        <p className="mt-1">{current.prompt}</p>
        {prompts.length > 1 ? (
          <div className="mt-2 flex gap-2">
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
          </div>
        ) : null}
      </div>
      {answers.map((sample) => (
        <Answer
          key={sample.step}
          sample={sample}
          best={run.checkpoints.some(({ step, best }) => best && step === sample.step)}
        />
      ))}
    </div>
  );
};

const Answer = ({ sample, best }: { readonly sample: JobSample; readonly best: boolean }) => (
  <div className="min-w-60 flex-1 p-4">
    <div className="flex justify-between gap-3 text-xs whitespace-nowrap">
      <span className="font-medium">
        {sample.step === 0 ? 'Untouched model' : `Step ${formatCount(sample.step)}`}
      </span>
      <span className="text-ink-3">{best ? 'best' : sample.step === 0 ? 'step 0' : ''}</span>
    </div>
    <p className="mt-1 break-words whitespace-pre-wrap text-ink-2">{sample.text}</p>
  </div>
);
