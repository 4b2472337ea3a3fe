import { useEffect, useState } from 'react';
import { api } from '../../api';
import { attempt } from '../../attempt';
import type { RunRequest } from '../../lib/contract/contract';
import { toErrorPayload } from '../../lib/messages/app-error';
import type { ErrorPayload } from '../../lib/types/system';

export interface MemoryProbe {
  readonly running: boolean;
  readonly failure: ErrorPayload | null;
  readonly start: (request: RunRequest) => Promise<void>;
  readonly stop: () => void;
  readonly clear: () => void;
}

const stopProbe = () => void attempt('The measurement goes on', () => api.jobs.stop_memory_probe());

/** Two steps of what is chosen on the page, for the memory that they hold; leaving the page ends them. */
export const useMemoryProbe = (onMeasured: () => void): MemoryProbe => {
  const [running, setRunning] = useState(false);
  const [failure, setFailure] = useState<ErrorPayload | null>(null);
  useEffect(() => (running ? stopProbe : undefined), [running]);
  const start = async (request: RunRequest): Promise<void> => {
    setRunning(true);
    setFailure(null);
    try {
      await api.jobs.probe_memory(request);
      onMeasured();
    } catch (thrown) {
      const error = toErrorPayload(thrown);
      if (error.code !== 'memory_probe_stopped') setFailure(error);
    } finally {
      setRunning(false);
    }
  };
  return { running, failure, start, stop: stopProbe, clear: () => setFailure(null) };
};
