import { formatAmount, formatCount } from '../../components/format';
import type { Estimate } from '../../lib/types/estimate';

type Plan = Pick<Estimate, 'train_records' | 'steps_per_epoch' | 'total_epochs' | 'total_steps'>;

/** How the steps of a run come about, from the records of one step; only the figures where they do not follow from them. */
export const stepsWords = (
  { train_records, steps_per_epoch, total_epochs, total_steps }: Plan,
  recordsPerStep: number | null,
): string => {
  const steps = formatAmount(steps_per_epoch, 'step');
  const follows =
    recordsPerStep !== null &&
    Math.ceil(train_records / recordsPerStep) === steps_per_epoch &&
    steps_per_epoch * total_epochs === total_steps;
  if (!follows) return `${steps} an epoch, ${formatCount(total_steps)} in all`;
  const division = `${formatCount(train_records)} ÷ ${formatCount(recordsPerStep)}`;
  const whole = train_records % recordsPerStep === 0 ? division : `ceil(${division})`;
  return total_epochs === 1
    ? `${whole} = ${steps} in one epoch`
    : `${whole} = ${steps} × ${formatCount(total_epochs)} epochs = ${formatCount(total_steps)}`;
};
