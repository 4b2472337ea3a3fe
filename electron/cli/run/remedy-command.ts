import type { Remedy } from '../../../src/lib/training/readiness';

const FIXES = 'trim,drop_repeated_user_turn,cut_before_empty_answer';
const READINGS = {
  mapping: 'datasets import FILE --map user=COLUMN assistant=COLUMN',
  other: 'datasets import FILE --encoding NAME --salvage',
} as const;

/** The command that does what a button of the window does; `id` names the dataset. */
export const remedyCommand = (remedy: Remedy, id: string): string => {
  if (remedy.to === 'reading') return READINGS[remedy.what];
  if (remedy.to === 'setting') return `train --dataset ${id} --base-model MODEL --set ${remedy.setting}=N`;
  return {
    import: 'datasets import FILE',
    renew: `datasets renew ${id} FILE`,
    problems: `datasets problems ${id}`,
    exclude: `datasets exclude ${id} --lines LINES`,
    duplicates: `datasets stats ${id} --base-model MODEL`,
    tokens: `datasets stats ${id} --base-model MODEL`,
    repeats: `datasets exclude ${id} --repeated`,
    fixes: `datasets fix ${id} --fix ${FIXES} --dry-run`,
  }[remedy.to];
};
