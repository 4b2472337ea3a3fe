import { capitalised, formatBytes, formatCount, formatLoss } from '../../components/format';
import type { Tone } from '../../components/badge';
import type { JobEvent } from '../../lib/types/job-records';
import { JobStage } from '../../lib/types/lora-training';
import { earlyEndWords } from '../../lib/training/run-end';
import { STAGE_WORDS } from './job-words';

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

const stageWords = (name: string): string => {
  const stage = JobStage.safeParse(name).data;
  return stage ? STAGE_WORDS[stage] : name.replaceAll('_', ' ');
};

const WORDS: Readonly<Record<string, (payload: Payload) => string>> = {
  hello: (payload) =>
    `Started on ${text(payload, 'device_name')}, ${text(payload, 'precision')}, PyTorch ${text(payload, 'torch')}`,
  stage: (payload) => `${capitalised(stageWords(text(payload, 'name')))}: ${text(payload, 'detail')}`,
  plan: (payload) =>
    `${formatCount(number(payload, 'total_steps'))} steps over ${formatCount(number(payload, 'train_records'))} records, ${formatCount(number(payload, 'held_out_records'))} held out`,
  evaluation: (payload) =>
    `Held-out loss ${formatLoss(number(payload, 'loss'))} of the ${text(payload, 'subject') === 'base' ? 'untouched model' : 'adapter'}${text(payload, 'group') === 'all' ? '' : `, ${text(payload, 'group').replaceAll('_', ' ')}`}`,
  sample: (payload) => `Answered “${text(payload, 'prompt').slice(0, 80)}”`,
  checkpoint: (payload) => `Checkpoint saved, ${formatBytes(number(payload, 'size_bytes'))}`,
  warning: (payload) => text(payload, 'message'),
  completed: (payload) => {
    const end = earlyEndWords([{ event: 'completed', payload }]);
    return `Completed${end === null ? '' : `, ${end}`}; the adapter is that of step ${formatCount(number(payload, 'source_step'))}`;
  },
  failed: (payload) => text(payload, 'message'),
  cancelled: () => 'Cancelled',
  interrupted: (payload) => INTERRUPTIONS[text(payload, 'reason')] ?? 'Interrupted',
};

export const eventWords = ({ event, payload }: JobEvent): string =>
  WORDS[event]?.(payload) ?? event.replaceAll('_', ' ');

const KINDS: Readonly<Record<string, string>> = {
  hello: 'Start',
  stage: 'Stage',
  plan: 'Plan',
  evaluation: 'Held-out loss',
  sample: 'Answer',
  checkpoint: 'Checkpoint',
  warning: 'Warning',
  completed: 'Completed',
  failed: 'Failed',
  cancelled: 'Cancelled',
  interrupted: 'Interrupted',
};

/** What sort of news an event is, in a word. */
export const eventKind = ({ event }: JobEvent): string =>
  KINDS[event] ?? capitalised(event.replaceAll('_', ' '));

/** Events in their order; evaluations of single groups lie under that of all records. */
export interface EventRow {
  readonly event: JobEvent;
  readonly groups: readonly JobEvent[];
}

const isGroup = ({ event, payload }: JobEvent): boolean =>
  event === 'evaluation' && text(payload, 'group') !== 'all';

export const eventRows = (events: readonly JobEvent[]): readonly EventRow[] => {
  const rows: { event: JobEvent; groups: JobEvent[] }[] = [];
  for (const event of events) {
    const whole = isGroup(event) ? rows.findLast((row) => isWholeOf(row.event, event)) : undefined;
    if (whole) whole.groups.push(event);
    else rows.push({ event, groups: [] });
  }
  return rows;
};

const isWholeOf = ({ event, attempt, payload }: JobEvent, part: JobEvent): boolean =>
  event === 'evaluation' &&
  attempt === part.attempt &&
  text(payload, 'group') === 'all' &&
  number(payload, 'step') === number(part.payload, 'step') &&
  text(payload, 'subject') === text(part.payload, 'subject');

export const groupLossWords = ({ payload }: JobEvent): string =>
  `${text(payload, 'group').replaceAll('_', ' ')} ${formatLoss(number(payload, 'loss'))}`;

export const eventTone = ({ event }: JobEvent): Tone => {
  if (event === 'failed') return 'bad';
  return event === 'warning' || event === 'interrupted' ? 'warn' : 'neutral';
};
