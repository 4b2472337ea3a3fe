import { useEffect } from 'react';
import { useStore } from 'zustand';
import { hardwareChecks, inOrder } from './lib/messages/hardware-checks';
import { useValue } from './live-value';
import { doctor, hardware } from './stores';

/** What was checked so far: card and disk at once and as they are now, the runtime as it answered last. */
export const useChecks = () => {
  const machine = useValue(hardware);
  const answer = useStore(doctor.store);
  useEffect(() => {
    if (doctor.store.getState().value === null) void doctor.refresh();
  }, []);
  const now = machine ? hardwareChecks(machine) : [];
  const known = new Set(now.map(({ id }) => id));
  return { ...answer, checks: inOrder([...now, ...(answer.value ?? []).filter(({ id }) => !known.has(id))]) };
};
