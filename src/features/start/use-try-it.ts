import { api } from '../../api';
import type { TryItPlan } from '../../lib/types/try-it';
import { useLoad } from '../../use-load';
import { tryItPhases } from './try-it-phases';
import type { TryItPhases } from './try-it-phases';

const PAGE = 500;

/** What a run of it took here. */
export interface LastTry {
  readonly steps: number;
  readonly ms: number;
  readonly phases: TryItPhases;
}

const loadLast = async (id: string): Promise<LastTry | null> => {
  const [job, { events }, points] = await Promise.all([
    api.jobs.get({ id }),
    api.jobs.events({ id, offset: 0, limit: PAGE }),
    api.jobs.metrics({ id }),
  ]);
  const phases = tryItPhases({ events, points });
  if (!phases || job.total_steps === null) return null;
  return {
    steps: job.total_steps,
    ms: Object.values({ ...phases }).reduce((sum, ms) => sum + ms, 0),
    phases,
  };
};

/** What “Try it” does and what its last run took; null while that is read, or where it cannot be. */
export const useTryIt = (): { readonly plan: TryItPlan | null; readonly last: LastTry | null } => {
  const { state } = useLoad('try it', async () => {
    const plan = await api.jobs.try_it_plan();
    return { plan, last: plan.last_job_id === null ? null : await loadLast(plan.last_job_id) };
  });
  return state.kind === 'ready' ? state.value : { plan: null, last: null };
};
