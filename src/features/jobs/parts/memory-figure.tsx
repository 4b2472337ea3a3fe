import { formatMemory } from '../../../components/format';
import { Figure } from '../../../components/layout';
import type { TrainingJob } from '../../../lib/types/lora-training';
import { useRows } from '../../../live-store';
import { models } from '../../../stores';
import type { JobRun } from '../job-run';
import { hasEnded } from '../job-words';
import { useExpected } from '../use-expected';

/** As many of the last steps as a glance is worth. */
const STEPS_READ = 2000;

const completedPeak = ({ events }: JobRun): number => {
  const value = events.findLast(({ event }) => event === 'completed')?.payload['peak_memory_bytes'];
  return typeof value === 'number' ? value : 0;
};

/** In bytes, by whoever measured it: the steps, the trainer at its end, or the model that came of it; else 0. */
const useMeasured = (job: TrainingJob, run: JobRun): number => {
  const model = useRows(models).find(({ id }) => id === job.artifact_id);
  return Math.max(
    job.current_metrics?.peak_memory_bytes ?? 0,
    completedPeak(run),
    model?.training_summary.peak_memory_bytes ?? 0,
    ...run.points.slice(-STEPS_READ).map(({ gpu_memory_bytes }) => gpu_memory_bytes ?? 0),
  );
};

const deviceWords = ({ gpu_config: { num_gpus, gpu_memory_gb } }: TrainingJob): string =>
  num_gpus > 0 ? `card ${gpu_memory_gb} GB` : 'on the processor';

/**
 * The most it held, beside what is expected while it runs; an ended run would be estimated with what was
 * learned from itself. Until it is measured what is expected, and nothing of a run that ended unmeasured.
 */
export const MemoryFigure = ({ job, run }: { readonly job: TrainingJob; readonly run: JobRun }) => {
  const measured = useMeasured(job, run);
  const memory = useExpected(hasEnded(job) ? [] : [job]).get(job.id)?.memory;
  const expected = memory && `≈ ${formatMemory(memory.bytes.expected)}`;
  if (measured > 0)
    return (
      <Figure
        label="Memory, peak"
        value={formatMemory(measured)}
        source={expected ? `estimated ${expected}, ${deviceWords(job)}` : deviceWords(job)}
        method="The highest that any step reported, or the trainer at its end, in GB of 2³⁰ bytes."
      />
    );
  if (!memory || !expected) return null;
  return (
    <Figure
      label="Memory, estimated"
      value={expected}
      source={`of ${formatMemory(memory.total_bytes)}`}
      method={memory.method}
    />
  );
};
