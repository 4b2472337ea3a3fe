import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { api } from '../../api';
import type { Checkpoint, Evaluation, JobEvent, JobSample, MetricsPoint } from '../../lib/types/job-records';
import { CheckpointEvent } from '../../lib/types/trainer-events';
import { toErrorPayload } from '../../lib/messages/app-error';
import { questionOf } from '../../lib/training/question';
import type { Loaded } from '../../live-store';

export interface JobRun {
  readonly points: readonly MetricsPoint[];
  readonly events: readonly JobEvent[];
  /** Of a long run those in the middle are not here: how many, behind the first `EVENT_PAGE`. */
  readonly eventsLeftOut: number;
  readonly samples: readonly JobSample[];
  readonly evaluations: readonly Evaluation[];
  readonly checkpoints: readonly Checkpoint[];
}

export const EMPTY_RUN: JobRun = {
  points: [],
  events: [],
  eventsLeftOut: 0,
  samples: [],
  evaluations: [],
  checkpoints: [],
};

/** How many events of a long run are read from its beginning, and as many from its end. */
export const EVENT_PAGE = 500;

/** Adds to what is known; of two reports of one thing the later attempt or the later word counts. */
export const mergeRun = (known: JobRun, news: Partial<JobRun>): JobRun => ({
  points: merged(known.points, news.points, {
    key: ({ step }) => String(step),
    order: ({ step }) => step,
    wins: (now, was) => now.attempt >= was.attempt,
  }),
  events: merged(known.events, news.events, {
    key: ({ attempt, seq }) => `${attempt} ${seq}`,
    order: ({ attempt, seq }) => attempt * 1e9 + seq,
  }),
  eventsLeftOut: known.eventsLeftOut,
  samples: merged(known.samples, news.samples, {
    key: (sample) => `${sample.step} ${questionOf(sample)}`,
    order: ({ step }) => step,
  }),
  evaluations: merged(known.evaluations, news.evaluations, {
    key: ({ step, subject, group, final }) => `${step} ${subject} ${group} ${final}`,
    order: ({ step }) => step,
  }),
  checkpoints: mergeCheckpoints(known.checkpoints, news),
});

/** News tells only of the new checkpoint: that older ones are no longer the best, or gone, follows from it. */
const mergeCheckpoints = (known: readonly Checkpoint[], news: Partial<JobRun>): readonly Checkpoint[] => {
  const all = merged(known, news.checkpoints, {
    key: ({ step }) => String(step),
    order: ({ step }) => step,
  });
  const best = news.checkpoints?.findLast((one) => one.best)?.step ?? null;
  const gone = prunedPaths(news.events ?? []);
  if (best === null && gone.size === 0) return all;
  return all.map((one) => ({
    ...one,
    best: one.best && (best === null || one.step === best),
    pruned: one.pruned || gone.has(one.path),
  }));
};

const Made = CheckpointEvent.pick({ path: true, pruned: true });

/** What these events removed, without what they made anew. */
const prunedPaths = (events: readonly JobEvent[]): ReadonlySet<string> => {
  const gone = new Set<string>();
  for (const { event, payload } of events) {
    const made = event === 'checkpoint' ? Made.safeParse(payload).data : undefined;
    for (const old of made?.pruned ?? []) gone.add(old);
    if (made) gone.delete(made.path);
  }
  return gone;
};

/** Subscribes first and loads second, like every live store; the load never replaces news. */
const createRunStore = (jobId: string) => {
  const store = createStore<Loaded<JobRun>>(() => ({ kind: 'loading' }));
  const connect = () => {
    let wanted = true;
    let run = EMPTY_RUN;
    let ready = false;
    const add = (news: Partial<JobRun>) => {
      if (!wanted) return;
      run = mergeRun(run, news);
      if (ready) store.setState({ kind: 'ready', value: run }, true);
    };
    const offPoints = api.jobs.onPoints(({ job_id, points }) => {
      if (job_id === jobId) add({ points });
    });
    const offNews = api.jobs.onNews(({ job_id, ...news }) => {
      if (job_id === jobId) add(news);
    });
    loadRun(jobId).then(
      (loaded) => {
        const news = run;
        run = loaded;
        ready = true;
        add(news);
      },
      (thrown: unknown) => {
        if (wanted) store.setState({ kind: 'error', error: toErrorPayload(thrown) }, true);
      },
    );
    return () => {
      wanted = false;
      offPoints();
      offNews();
    };
  };
  return { store, connect };
};

export const useJobRun = (jobId: string): Loaded<JobRun> => {
  const run = useMemo(() => createRunStore(jobId), [jobId]);
  useEffect(() => run.connect(), [run]);
  return useStore(run.store);
};

const loadRun = async (id: string): Promise<JobRun> => {
  const [points, { events, leftOut }, samples, evaluations, checkpoints] = await Promise.all([
    api.jobs.metrics({ id }),
    loadEvents(id),
    api.jobs.samples({ id }),
    api.jobs.evaluations({ id }),
    api.jobs.checkpoints({ id }),
  ]);
  // The rows hold what became of each checkpoint; of a long run's events the middle is missing.
  const run = mergeRun(EMPTY_RUN, { points, events, samples, evaluations });
  return { ...run, eventsLeftOut: leftOut, checkpoints };
};

const loadEvents = async (id: string): Promise<{ events: JobEvent[]; leftOut: number }> => {
  const { total, events } = await api.jobs.events({ id, offset: 0, limit: EVENT_PAGE });
  if (total <= EVENT_PAGE) return { events, leftOut: 0 };
  const last = await api.jobs.events({ id, offset: total - EVENT_PAGE, limit: EVENT_PAGE });
  return { events: [...events, ...last.events], leftOut: Math.max(0, total - 2 * EVENT_PAGE) };
};

/** The step that an event names, else the last one before it; null before the first. */
export const stepOf = (run: JobRun, { payload, time }: JobEvent): number | null => {
  if (typeof payload['step'] === 'number') return payload['step'];
  return run.points.findLast(({ timestamp }) => timestamp <= time)?.step ?? null;
};

interface Identity<Row> {
  readonly key: (row: Row) => string;
  readonly order: (row: Row) => number;
  readonly wins?: (now: Row, was: Row) => boolean;
}

const merged = <Row>(
  known: readonly Row[],
  news: readonly Row[] | undefined,
  { key, order, wins }: Identity<Row>,
): readonly Row[] => {
  if (!news || news.length === 0) return known;
  if (follows(known, news, order)) return known.concat(news);
  const rows = new Map(known.map((row) => [key(row), row]));
  for (const row of news) {
    const was = rows.get(key(row));
    if (!was || !wins || wins(row, was)) rows.set(key(row), row);
  }
  return [...rows.values()].sort((one, other) => order(one) - order(other));
};

/** Whether all of the news lie behind what is known, as they do while a run is at work. */
const follows = <Row>(known: readonly Row[], news: readonly Row[], order: (row: Row) => number): boolean => {
  const before = [...known.slice(-1), ...news];
  return news.every((row, index) => {
    const previous = before[index + before.length - news.length - 1];
    return previous === undefined || order(previous) < order(row);
  });
};

/** One a step: the result's final row says again what its step already said. */
const lossOf = (run: JobRun, subject: Evaluation['subject']): readonly Evaluation[] => {
  const rows = run.evaluations.filter((one) => one.subject === subject && one.group === 'all');
  return [...new Map(rows.map((row) => [row.step, row])).values()];
};

/** The untouched model and the adapter's best on the whole held-out set. */
export const heldOutOf = (
  run: JobRun,
): {
  readonly base: Evaluation | null;
  readonly best: Evaluation | null;
  readonly all: readonly Evaluation[];
} => {
  const all = lossOf(run, 'adapter');
  const best = all.reduce<Evaluation | null>(
    (lowest, one) => (lowest === null || one.loss < lowest.loss ? one : lowest),
    null,
  );
  return { base: lossOf(run, 'base').at(-1) ?? null, best, all };
};
