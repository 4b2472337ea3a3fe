import { useMemo } from 'react';
import { limitsOf, resolveSettings } from '../../lib/training/settings';
import type { PresetId } from '../../lib/types/lora-training';
import { useLive } from '../../live-store';
import { jobs, models } from '../../stores';
import { measuredRuns, similarRuns } from './similar-runs';
import type { SimilarRun, Wanted } from './similar-runs';
import type { NewRun } from './use-new-run';

/** Of each recipe; null until past runs and their models are there, or where no base model is chosen. */
export const useSimilarRuns = ({
  model,
  method,
  ownSettings,
}: NewRun): ((preset: PresetId) => readonly SimilarRun[] | null) => {
  const [runs, results] = [useLive(jobs), useLive(models)];
  const measured = useMemo(
    () =>
      runs.kind === 'ready' && results.kind === 'ready'
        ? measuredRuns({ jobs: [...runs.value.values()], models: [...results.value.values()] })
        : null,
    [runs, results],
  );
  if (measured === null || !model) return () => null;
  return (preset) => {
    const settingsOn: Wanted['settingsOn'] = (device) =>
      preset === 'custom'
        ? ownSettings
        : resolveSettings({ ...limitsOf(model), preset_id: preset, changes: { method }, device });
    return similarRuns({ base_model_id: model.id, settingsOn }, measured);
  };
};
