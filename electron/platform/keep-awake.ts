import { powerSaveBlocker } from 'electron';

/** Keeps the machine awake while a job runs; the screen may go dark. */
export const createKeepAwake = () => {
  let blocker: number | null = null;
  return (training: boolean): void => {
    if (training && blocker === null) blocker = powerSaveBlocker.start('prevent-app-suspension');
    if (!training && blocker !== null) {
      powerSaveBlocker.stop(blocker);
      blocker = null;
    }
  };
};
