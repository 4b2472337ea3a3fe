import type { AppError } from '../../../src/lib/messages/app-error';
import type { Checkpoint } from '../../../src/lib/types/job-records';
import type { TrainingJob } from '../../../src/lib/types/lora-training';
import type { Resumption } from '../trainer/one-shot';
import { refused } from './refusals';

type Saved = Pick<Checkpoint, 'step' | 'path' | 'pruned'>;

/** Of what a checkpoint was made with, that which a person can put back; software came with the app. */
const CAN_BE_PUT_BACK = /^(device|precision|threads|processes)\b/u;

/** Why the checkpoints after the step it goes on from cannot be used: damaged ones, and those that are gone. */
export const lossesOf = (checkpoints: readonly Saved[], { step, skipped }: Resumption): readonly string[] => {
  const gone = checkpoints
    .filter((saved) => !saved.pruned && saved.step > (step ?? -1))
    .map(({ path }) => path.slice(path.lastIndexOf('/') + 1))
    .filter((name) => !skipped.some((reason) => reason.includes(name)));
  return [...skipped, ...gone.map((name) => `Checkpoint ${name} is gone.`)];
};

const again = (after: number, last: number): string =>
  last - after === 1
    ? `step ${String(last)} is trained again`
    : `steps ${String(after + 1)} to ${String(last)} are trained again`;

const repeatWords = (
  { current_step }: Pick<TrainingJob, 'current_step'>,
  checkpoints: readonly Saved[],
  judged: Resumption,
): string | null => {
  const { step } = judged;
  const newest = Math.max(-1, ...checkpoints.filter(({ pruned }) => !pruned).map((saved) => saved.step));
  if (newest <= (step ?? -1)) return null;
  const repeated = again(step ?? 0, Math.max(current_step, newest));
  const where =
    step === null
      ? `No checkpoint of it can be used: it would begin at step 0, and ${repeated}.`
      : `It would go on from the checkpoint of step ${String(step)}: ${repeated}.`;
  return [...lossesOf(checkpoints, judged), where].join(' ');
};

const changeWords = ({ changes }: Resumption): string | null =>
  changes.length === 0
    ? null
    : `The run would go on, but not bit for bit as it began: ${changes.join(', ')}.`;

const changeHint = ({ changes }: Resumption): string =>
  changes.some((change) => CAN_BE_PUT_BACK.test(change))
    ? 'Put that back as it was, or retry it as a new run.'
    : 'Retry it as a new run to have all of it from the same software.';

/** What a person has to know before a run goes on that can; null where it goes on as anybody would expect. */
export const doubtOf = (
  job: Pick<TrainingJob, 'current_step'>,
  checkpoints: readonly Saved[],
  judged: Resumption,
): AppError | null => {
  const [repeats, changed] = [repeatWords(job, checkpoints, judged), changeWords(judged)];
  if (repeats !== null)
    return refused(
      'resume_repeats',
      [repeats, ...(changed === null ? [] : [changed])].join(' '),
      'If you have a copy of that checkpoint, put it back first.',
    );
  return changed === null ? null : refused('resume_not_exact', changed, changeHint(judged));
};

/** The trainer died of the question, which says nothing about the run. */
export const unjudged = ({ message, hint }: AppError): AppError =>
  refused(
    'resume_unchecked',
    `Whether it is still the same run could not be checked: ${message} ${hint}`,
    'The attempt makes the same check before it trains, and refuses what is another run.',
  );
