import type { Publisher } from '../src/lib/contract/derived';
import { JobEvent } from '../src/lib/types/job-records';
import { z } from 'zod';
import type { NetworkCounter } from './services/network/network-counter';

const News = z.object({ events: z.array(JobEvent) });
const Blocked = z.object({ code: z.literal('network_blocked'), message: z.string() });

/** Passes everything on, and counts the connections that a trainer says it denied. */
export const watchNetworkWarnings = (publisher: Publisher, counter: NetworkCounter): Publisher => ({
  publish: (name, payload) => {
    publisher.publish(name, payload);
    if (name !== 'jobs.news') return;
    for (const { payload: warning } of News.safeParse(payload).data?.events ?? []) {
      const blocked = Blocked.safeParse(warning);
      if (blocked.success) counter.denied('trainer', blocked.data.message);
    }
  },
});
