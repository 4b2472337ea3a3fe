import { Cpu, ShieldCheck } from 'lucide-react';
import { Link } from 'wouter';
import { ProgressBar } from '../components/bars';
import { formatAmount, formatBytes, formatMemory, NOTHING } from '../components/format';
import { useNow } from '../components/time';
import { isRunning, statusWords, useIsSaving } from '../features/jobs';
import { useLive } from '../live-store';
import type { Loaded } from '../live-store';
import { useLiveValue, useValue } from '../live-value';
import { paths } from '../paths';
import { hardware, jobs, network } from '../stores';
import { FileText } from '../components/file-text';

const Separator = () => <span aria-hidden className="h-3 w-px bg-line-strong" />;

export const StatusBar = () => {
  const machine = useValue(hardware);
  const denied = useValue(network);
  return (
    <footer className="col-span-2 flex items-center gap-4 overflow-hidden border-t bg-surface-0 px-3 text-xs whitespace-nowrap text-ink-2 tabular-nums">
      <Card />
      <Separator />
      <RunningJob />
      <span className="ml-auto">
        {machine ? `${formatBytes(machine.disk_free_bytes)} free` : `disk ${NOTHING}`}
      </span>
      <Separator />
      <Link
        href={paths.settings}
        title="Requests that the window and the trainer attempted; all are denied"
        className="flex items-center gap-1.5 hover:text-ink"
      >
        <ShieldCheck aria-hidden className="size-3.5" />
        {denied
          ? `network: ${formatAmount(denied.window_requests + denied.trainer_requests, 'request')}`
          : `network ${NOTHING}`}
      </Link>
    </footer>
  );
};

const noCardWords = (driver: string | null): string =>
  driver === null ? 'no NVIDIA card' : 'NVIDIA driver too old';

/** Why there is nothing to show; undefined where there is. */
const whyNot = (state: Loaded<unknown>): string | undefined =>
  state.kind === 'ready' ? undefined : state.kind === 'error' ? state.error.message : 'Being read…';

const Card = () => {
  const state = useLiveValue(hardware);
  const machine = state.kind === 'ready' ? state.value : null;
  const card = machine?.gpus[0];
  if (!card) {
    return (
      <span className="flex items-center gap-1.5" title={machine?.problem ?? whyNot(state)}>
        <Cpu aria-hidden className="size-3.5" />
        {machine ? noCardWords(machine.driver) : `card ${NOTHING}`}
      </span>
    );
  }
  return (
    <span
      className="flex items-center gap-4"
      title={`Driver ${card.driver}. Card memory in GB of 2³⁰ bytes.`}
    >
      <span className="flex items-center gap-1.5">
        <Cpu aria-hidden className="size-3.5" />
        {card.name.replace(/^NVIDIA (GeForce )?/, '')}
      </span>
      <span className="flex items-center gap-1.5">
        {formatMemory(card.memory_used_bytes)} of {formatMemory(card.memory_total_bytes)}
        <ProgressBar
          label="Card memory"
          value={(card.memory_used_bytes / card.memory_total_bytes) * 100}
          className="w-14"
        />
      </span>
      {card.temperature === null ? null : <span>{card.temperature.toFixed(0)} °C</span>}
      {card.power_watts === null ? null : <span>{card.power_watts.toFixed(0)} W</span>}
    </span>
  );
};

const RunningJob = () => {
  const now = useNow();
  const all = useLive(jobs);
  const job = all.kind === 'ready' ? [...all.value.values()].find(isRunning) : undefined;
  const isSaving = useIsSaving(job?.id);
  if (!job)
    return <span title={whyNot(all)}>{all.kind === 'ready' ? 'No job running' : `jobs ${NOTHING}`}</span>;
  return (
    <Link href={paths.job(job.id)} className="flex min-w-0 items-center gap-1.5 hover:text-ink">
      <span aria-hidden className="size-1.5 shrink-0 rounded-full bg-good-fill" />
      <span className="truncate">
        <FileText>{job.name}</FileText>: {isSaving ? 'saving' : statusWords(job, now)}
      </span>
    </Link>
  );
};
