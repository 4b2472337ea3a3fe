import type { PresetId } from '../../lib/types/lora-training';
import { useLive } from '../../live-store';
import { jobs, models } from '../../stores';
import { similarRuns } from './similar-runs';
import type { SimilarRun } from './similar-runs';
import type { NewRun } from './use-new-run';

/** Of each recipe; null until past runs and their models are there, or where no base model is chosen. */
export const useSimilarRuns = ({
  model,
  method,
  ownSettings,
}: NewRun): ((preset: PresetId) => readonly SimilarRun[] | null) => {
  const [runs, results] = [useLive(jobs), useLive(models)];
  if (runs.kind !== 'ready' || results.kind !== 'ready' || !model) return () => null;
  const past = { jobs: [...runs.value.values()], models: [...results.value.values()] };
  return (preset) => similarRuns({ preset, base_model_id: model.id, method, settings: ownSettings }, past);
};
