import { attempt } from '../../../attempt';
import { AlertDialog } from '../../../components/overlays';
import { closeResumeQuestion, resumeJob, useResumeQuestion } from '../resuming';

/** Asks before a run goes on otherwise than anybody would expect, wherever it was resumed from. */
export const ResumeAnyway = () => {
  const question = useResumeQuestion();
  if (question === null) return null;
  const { job, message, outcome } = question;
  return (
    <AlertDialog
      open
      onOpenChange={closeResumeQuestion}
      title={`Resume “${job.name}” all the same?`}
      confirm="Resume anyway"
      keep="Do not resume"
      onConfirm={() => void attempt(`Not resumed: “${job.name}”`, () => resumeJob(job, { inexact: true }))}
    >
      <p>{message}</p>
      <p className="mt-2">{outcome}</p>
    </AlertDialog>
  );
};
