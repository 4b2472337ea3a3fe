import { useState } from 'react';
import { useLocation } from 'wouter';
import { api } from '../../../api';
import { Button } from '../../../components/button';
import { TextArea } from '../../../components/fields';
import { formatCount } from '../../../components/format';
import { AlertDialog, Dialog, Menu } from '../../../components/overlays';
import { showToast } from '../../../components/toasts';
import type { Checkpoint } from '../../../lib/types/job-records';
import type { TrainingJob } from '../../../lib/types/lora-training';
import { useRows } from '../../../live-store';
import { useDialogs } from '../../../page-asks';
import { paths } from '../../../paths';
import { jobs, models } from '../../../stores';
import type { useAction } from '../../../use-load';
import { waysOn } from '../failures';
import type { Way } from '../failures';
import { saveCheckpoint, wayDoing } from '../job-doings';
import { canCancel, isRunning, lossesOf } from '../job-words';

type Action = ReturnType<typeof useAction>;

const DIALOGS = ['cancel', 'sample', 'delete'] as const;

/** What can be done with a run beside the main action of its state. */
export const RunMenu = ({
  job,
  action,
  from,
}: {
  readonly job: TrainingJob;
  readonly action: Action;
  /** The checkpoint that a stopped run goes on from; undefined where nobody has looked. */
  readonly from: Checkpoint | null | undefined;
}) => {
  const [, navigate] = useLocation();
  const [open, setOpen] = useDialogs(paths.job(job.id), DIALOGS);
  const close = () => setOpen(null);
  const remove = async () => {
    await api.jobs.delete({ id: job.id });
    navigate(paths.jobs);
  };
  const model = useRows(models).find(({ id }) => id === job.artifact_id);
  const save = () => action.run('checkpoint', () => saveCheckpoint(job));
  const training = isRunning(job) && job.current_stage === 'training';
  return (
    <>
      {training ? (
        <>
          <span className="hidden gap-3 wide:flex">
            <Button look="plain" onClick={() => setOpen('sample')}>
              Sample now
            </Button>
            <Button look="plain" busy={action.busy === 'checkpoint'} onClick={save}>
              Save checkpoint
            </Button>
          </span>
          <span className="wide:hidden">
            <Menu
              label="More"
              actions={[
                { label: 'Sample now…', onSelect: () => setOpen('sample') },
                { label: 'Save checkpoint', onSelect: save },
              ]}
            />
          </span>
        </>
      ) : null}
      {canCancel(job) ? (
        <Button onClick={() => setOpen('cancel')}>Cancel…</Button>
      ) : (
        <Menu
          label="More"
          actions={[
            ...moreWays(job, from).map((way) => {
              const { label, run } = wayDoing(way, job, navigate);
              return {
                label,
                onSelect: () =>
                  action.run(label, async () => {
                    await run();
                  }),
              };
            }),
            { label: 'New run like this', onSelect: () => navigate(paths.newRunLike(job.id)) },
            { label: 'Delete…', onSelect: () => setOpen('delete') },
          ]}
        />
      )}
      <Dialog open={open === 'cancel'} onOpenChange={close} title={`Cancel “${job.name}”?`}>
        <CancelChoice job={job} action={action} onDone={close} />
      </Dialog>
      <Dialog open={open === 'sample'} onOpenChange={close} title="Ask the model as it is now">
        <SampleForm job={job} action={action} onDone={close} />
      </Dialog>
      <AlertDialog
        open={open === 'delete'}
        onOpenChange={close}
        title={`Delete “${job.name}”?`}
        confirm="Delete run"
        onConfirm={() => action.run('delete', remove)}
      >
        {lossesOf(model)}
      </AlertDialog>
    </>
  );
};

/** Those of a failed run that have no button of their own. */
const moreWays = (job: TrainingJob, from: Checkpoint | null | undefined): readonly Way[] =>
  job.status === 'failed' ? waysOn(job, from).slice(2) : [];

interface FormProps {
  readonly job: TrainingJob;
  readonly action: Action;
  readonly onDone: () => void;
}

const CancelChoice = ({ job, action, onDone }: FormProps) => {
  const cancel = (save: boolean) => {
    action.run('cancel', async () => jobs.put(await api.jobs.cancel({ id: job.id, save, reason: null })));
    onDone();
  };
  const begun = job.current_step > 0;
  return (
    <>
      <p className="text-ink-2">
        {begun
          ? `The run is at step ${formatCount(job.current_step)} of ${formatCount(job.total_steps ?? job.current_step)}. It cannot be resumed after this; pause it instead if you mean to go on later.`
          : 'Nothing is trained yet, so nothing is lost.'}
      </p>
      <div className="mt-5 flex justify-end gap-3">
        <Button onClick={onDone}>Keep it</Button>
        {begun ? <Button onClick={() => cancel(true)}>Cancel, keep the adapter so far</Button> : null}
        <Button look="danger" onClick={() => cancel(false)}>
          {begun ? 'Cancel, keep nothing' : 'Cancel the job'}
        </Button>
      </div>
    </>
  );
};

const SampleForm = ({ job, action, onDone }: FormProps) => {
  const [prompt, setPrompt] = useState('');
  const ask = () => {
    action.run('sample', async () => {
      await api.jobs.sample_now({ id: job.id, prompt });
      showToast('Asked', 'The answer comes after this step, under Samples.');
    });
    onDone();
  };
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        ask();
      }}
    >
      <TextArea
        aria-label="Question"
        rows={4}
        maxLength={4000}
        value={prompt}
        onChange={(event) => setPrompt(event.target.value)}
      />
      <p className="text-xs text-ink-2">
        The answer appears under Samples. Training waits while it is written.
      </p>
      <Button look="filled" submit className="self-end" disabled={prompt.trim() === ''}>
        Ask
      </Button>
    </form>
  );
};
