import { useEffect, useState } from 'react';
import { api } from '../../api';
import { attempt } from '../../attempt';
import type { RunRequest } from '../../lib/contract/contract';
import { toErrorPayload } from '../../lib/messages/app-error';
import type { LrPoint, LrRange } from '../../lib/types/lr-range';
import type { ErrorPayload } from '../../lib/types/system';

export type RateTest =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running' | 'stopped'; readonly points: readonly LrPoint[] }
  | { readonly kind: 'failed'; readonly points: readonly LrPoint[]; readonly error: ErrorPayload }
  | { readonly kind: 'done'; readonly points: readonly LrPoint[]; readonly range: LrRange };

const withPoint = (test: RateTest, point: LrPoint): RateTest =>
  test.kind === 'running' ? { ...test, points: [...test.points, point] } : test;

const ended = (test: RateTest, error: ErrorPayload): RateTest => {
  const points = test.kind === 'idle' ? [] : test.points;
  return error.code === 'rate_test_stopped' ? { kind: 'stopped', points } : { kind: 'failed', points, error };
};

const stopTest = () => void attempt('The rate test goes on', () => api.jobs.stop_rate_test());

/** A learning-rate range test of what is chosen on the page; `close` ends one that is under way, as leaving the page does. */
export const useRateTest = () => {
  const [test, setTest] = useState<RateTest>({ kind: 'idle' });
  useEffect(() => api.jobs.onRatePoint((point) => setTest((now) => withPoint(now, point))), []);
  const running = test.kind === 'running';
  useEffect(() => (running ? stopTest : undefined), [running]);
  const start = async (request: RunRequest): Promise<void> => {
    setTest({ kind: 'running', points: [] });
    try {
      const range = await api.jobs.test_rate(request);
      setTest({ kind: 'done', points: range.points, range });
    } catch (thrown) {
      const error = toErrorPayload(thrown);
      setTest((now) => ended(now, error));
    }
  };
  return {
    test,
    start,
    stop: stopTest,
    close: () => {
      if (running) stopTest();
      else setTest({ kind: 'idle' });
    },
  };
};
