import { isActive } from '../../src/lib/training/job-states';
import type { TrainingJob } from '../../src/lib/types/lora-training';

type Work = Pick<TrainingJob, 'status'>;

/** Whether a job is at work or will be without anyone asking for it again. */
export const isToDo = ({ status }: Work): boolean => isActive(status) || status === 'queued';

/** Whether the app goes on without a window: until the queue is empty, where the settings say so. */
export const staysWithout = (keepTraining: boolean, jobs: readonly Work[]): boolean =>
  keepTraining && jobs.some(isToDo);

interface Living {
  readonly staysOpen: () => Promise<boolean>;
  /** Returns the disposer. */
  readonly showTray: () => () => void;
  readonly quit: () => void;
  readonly onFailure: (thrown: unknown) => void;
}

/** What becomes of the app once its window is closed: the tray while there is work, then the end. */
export const liveWithoutWindow = ({ staysOpen, showTray, quit, onFailure }: Living) => {
  let state: 'window' | 'none' | 'quitting' = 'window';
  let removeTray: (() => void) | null = null;
  let looks = 0;
  const stays = () =>
    staysOpen().catch((thrown: unknown) => {
      onFailure(thrown);
      return false;
    });
  const look = async (): Promise<void> => {
    looks += 1;
    const mine = looks;
    const goesOn = await stays();
    // A window may have come back meanwhile, or there is a newer answer.
    if (state !== 'none' || mine !== looks) return;
    if (goesOn) {
      removeTray ??= showTray();
      return;
    }
    state = 'quitting';
    quit();
  };
  return {
    onClosed: (): void => {
      state = 'none';
      void look();
    },
    onOpened: (): void => {
      state = 'window';
      removeTray?.();
      removeTray = null;
    },
    /** A job has ended or has left the queue, or the settings have changed. */
    onLess: (): void => {
      if (state === 'none') void look();
    },
    /** What ends while the app stops has no say any more. */
    onQuitting: (): void => {
      state = 'quitting';
    },
  };
};
