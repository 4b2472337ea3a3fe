import type { Page } from '@playwright/test';
import { z } from 'zod';

/** The longest pieces of work of the page in milliseconds: as the clock saw them, and of processor time. */
export interface LongestTasks {
  readonly longest_task: number;
  readonly longest_task_cpu: number;
}

const Mojo = z.looseObject({ mojo_interface_tag: z.string() }).partial();

const Events = z.array(
  z.looseObject({
    name: z.string(),
    pid: z.number(),
    tid: z.number(),
    /** Microseconds, of the clock and of the processor. */
    ts: z.number().default(0),
    dur: z.number().default(0),
    tdur: z.number().default(0),
    args: z.looseObject({ name: z.unknown(), chrome_mojo_event_info: Mojo }).partial().optional(),
  }),
);
type Event = z.infer<typeof Events>[number];

const TASK = /RunTask$/;
const MICROSECONDS = 1000;
/** Shorter ones are of no interest, and there are millions of them. */
const LEAST_MICROSECONDS = 5 * MICROSECONDS;

const threadOf = ({ pid, tid }: Event): string => `${String(pid)} ${String(tid)}`;

/** A question of the test itself, answered in the page's thread: tens of milliseconds that no user ever waits for. */
const isAsked = ({ args }: Event): boolean =>
  args?.chrome_mojo_event_info?.mojo_interface_tag === 'blink.mojom.DevToolsSession';

const isOfInterest = (event: Event): boolean =>
  event.name === 'thread_name' ||
  (event.dur > LEAST_MICROSECONDS && (TASK.test(event.name) || isAsked(event)));

const isWithin = (inner: Event, outer: Event): boolean =>
  threadOf(inner) === threadOf(outer) && inner.ts >= outer.ts && inner.ts + inner.dur <= outer.ts + outer.dur;

/** What the browser itself notes of the page's thread: a busy machine lengthens a task, not its processor time. */
export const tracingTasks = async <Value>(
  page: Page,
  work: () => Promise<Value>,
): Promise<{ readonly value: Value; readonly tasks: LongestTasks }> => {
  const session = await page.context().newCDPSession(page);
  const events: Event[] = [];
  session.on('Tracing.dataCollected', ({ value }) => {
    events.push(...Events.parse(value).filter(isOfInterest));
  });
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel', 'devtools.timeline'] },
  });
  const value = await work();
  const complete = new Promise((done) => session.once('Tracing.tracingComplete', done));
  await session.send('Tracing.end');
  await complete;
  await session.detach();
  const threads = new Set(
    events.filter(({ args }) => args?.name === 'CrRendererMain').map((event) => threadOf(event)),
  );
  const asked = events.filter(isAsked);
  const tasks = events.filter(
    (event) =>
      TASK.test(event.name) &&
      threads.has(threadOf(event)) &&
      !asked.some((question) => isWithin(question, event)),
  );
  const longest = (length: (event: Event) => number) =>
    tasks.reduce((most, event) => Math.max(most, length(event)), 0) / MICROSECONDS;
  return {
    value,
    tasks: { longest_task: longest(({ dur }) => dur), longest_task_cpu: longest(({ tdur }) => tdur) },
  };
};
