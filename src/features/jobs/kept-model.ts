import type { TrainingJob } from '../../lib/types/lora-training';
import type { ModelArtifact } from '../../lib/types/model-artifact';
import { useLive } from '../../live-store';
import type { Loaded } from '../../live-store';
import { models } from '../../stores';

/** The model that came of a run, unless it was put away; taken to be there until the models are known. */
export const keptModelOf = (
  { artifact_id }: TrainingJob,
  kept: Loaded<ReadonlyMap<string, ModelArtifact>>,
): string | null => {
  if (artifact_id === null) return null;
  return kept.kind !== 'ready' || kept.value.get(artifact_id)?.deleted_at === null ? artifact_id : null;
};

export const useKeptModel = (job: TrainingJob): string | null => keptModelOf(job, useLive(models));
