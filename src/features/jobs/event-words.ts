import { formatBytes, formatCount, formatLoss } from '../../components/format';
import type { Tone } from '../../components/badge';
import type { JobEvent } from '../../lib/types/job-records';

type Payload = JobEvent['payload'];

const text = (payload: Payload, key: string): string => {
  const value = payload[key];
  return typeof value === 'string' ? value : '';
};

const number = (payload: Payload, key: string): number => {
  const value = payload[key];
  return typeof value === 'number' ? value : 0;
};

const INTERRUPTIONS: Readonly<Record<string, string>> = {
  paused: 'Paused',
  parent_gone: 'Interrupted: the app ended',
  signal: 'Interrupted by a signal',
};

const WORDS: Readonly<Record<string, (payload: Payload) => string>> = {
  hello: (payload) =>
    `Started on ${text(payload, 'device_name')}, ${text(payload, 'precision')}, PyTorch ${text(payload, 'torch')}`,
  stage: (payload) => `${text(payload, 'name').replaceAll('_', ' ')}: ${text(payload, 'detail')}`,
  plan: (payload) =>
    `${formatCount(number(payload, 'total_steps'))} steps over ${formatCount(number(payload, 'train_records'))} records, ${formatCount(number(payload, 'held_out_records'))} held out`,
  evaluation: (payload) =>
    `Held-out loss ${formatLoss(number(payload, 'loss'))} of the ${text(payload, 'subject') === 'base' ? 'untouched model' : 'adapter'}${text(payload, 'group') === 'all' ? '' : `, ${text(payload, 'group').replaceAll('_', ' ')}`}`,
  sample: (payload) => `Answered “${text(payload, 'prompt').slice(0, 80)}”`,
  checkpoint: (payload) => `Checkpoint saved, ${formatBytes(number(payload, 'size_bytes'))}`,
  warning: (payload) => text(payload, 'message'),
  completed: (payload) =>
    `Completed; the adapter is that of step ${formatCount(number(payload, 'source_step'))}`,
  failed: (payload) => text(payload, 'message'),
  cancelled: () => 'Cancelled',
  interrupted: (payload) => INTERRUPTIONS[text(payload, 'reason')] ?? 'Interrupted',
};

export const eventWords = ({ event, payload }: JobEvent): string =>
  WORDS[event]?.(payload) ?? event.replaceAll('_', ' ');

export const eventTone = ({ event }: JobEvent): Tone => {
  if (event === 'failed') return 'bad';
  return event === 'warning' || event === 'interrupted' ? 'warn' : 'neutral';
};
