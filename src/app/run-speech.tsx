import { useEffect, useState } from 'react';
import { announcement, isRunning, progressWords } from '../features/jobs';
import { useLive } from '../live-store';
import { jobs } from '../stores';

/** No more often: what is spoken interrupts. */
const EVERY_MS = 30_000;

/** Says to those who hear the window how the run goes, and at once how it ends. */
export const RunSpeech = () => {
  const [said, setSaid] = useState('');
  useLive(jobs);
  useEffect(() => {
    const off = jobs.store.subscribe((now, before) => {
      if (now.kind !== 'ready' || before.kind !== 'ready') return;
      const words = announcement(before.value, now.value);
      if (words !== null) setSaid(words);
    });
    const timer = setInterval(() => {
      const state = jobs.store.getState();
      const job = state.kind === 'ready' ? [...state.value.values()].find(isRunning) : undefined;
      if (job) setSaid(progressWords(job, Date.now()));
    }, EVERY_MS);
    return () => {
      off();
      clearInterval(timer);
    };
  }, []);
  return (
    <p role="status" className="sr-only">
      {said}
    </p>
  );
};
