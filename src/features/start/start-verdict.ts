import { formatAmount } from '../../components/format';
import type { DoctorCheck } from '../../lib/types/system';
import { checkRows } from './parts/check-rows';
import type { CheckLevel } from './parts/check-rows';

/** How far the checks are: `failed` when they could not be made at all. */
type Checking = 'running' | 'made' | 'failed';

/** What the first page says of this machine before anything else. */
export const startVerdict = (
  checks: readonly DoctorCheck[],
  checking: Checking,
): { readonly title: string; readonly says: string } => {
  const rows = checkRows(checks);
  const count = (level: CheckLevel) => rows.filter((row) => row.level === level).length;
  const [failed, look, passed] = [count('failed'), count('look'), count('passed')];
  if (failed)
    return {
      title: 'Not ready to train yet',
      says: `${failed} of ${rows.length} checks failed; each says the one thing to do.`,
    };
  if (checking === 'failed')
    return {
      title: 'This machine was not checked',
      says: 'Whether it can train is not known until the checks run.',
    };
  if (checking === 'running') return { title: 'Start', says: 'Looking at this machine…' };
  return {
    title: 'Ready to train on this machine',
    says: look
      ? `${formatAmount(passed, 'check')} passed, ${look} ${look === 1 ? 'needs' : 'need'} a look.`
      : 'All checks passed.',
  };
};
