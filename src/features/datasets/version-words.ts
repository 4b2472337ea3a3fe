import { formatAmount, formatCount } from '../../components/format';
import { MAX_EDITED_RECORDS } from '../../lib/types/dataset-versions';
import type { DatasetEdit, DatasetVersion, SafeFix, VersionDiff } from '../../lib/types/dataset-versions';

export const NO_EDIT: DatasetEdit = { exclude: [], include: [], fixes: [] };

type NamedFix = Extract<SafeFix, string>;

interface FixWords {
  /** What it is called where it can be chosen. */
  readonly label: string;
  readonly help: string;
  /** Of a version that was made with it. */
  readonly done: string;
}

export const FIX_WORDS: Readonly<Record<NamedFix, FixWords>> = {
  trim: {
    label: 'Trim white space',
    help: 'Takes spaces and line breaks from both ends of every message.',
    done: 'white space trimmed',
  },
  drop_repeated_user_turn: {
    label: 'Drop a repeated user turn',
    help: 'Of two user turns in a row that say the same, the second goes.',
    done: 'repeated user turns dropped',
  },
  merge_system: {
    label: 'Merge the system text',
    help: 'Puts the system text before the first user message, for templates that know no system role.',
    done: 'system text merged into the first user turn',
  },
  cut_before_empty_answer: {
    label: 'Cut before an empty answer',
    help: 'Ends a conversation before the first answer that says nothing, instead of losing all of it.',
    done: 'cut before empty answers',
  },
};

export const fixDone = (fix: SafeFix): string =>
  typeof fix === 'string'
    ? FIX_WORDS[fix].done
    : `history cut to the last ${formatAmount(fix.truncate_history, 'turn')}`;

/** What made a version of its file: `3 records excluded, white space trimmed`. */
export const madeWords = ({
  number,
  excluded,
  fixes,
}: Pick<DatasetVersion, 'number' | 'excluded' | 'fixes'>): string => {
  const parts = [
    ...(excluded > 0 ? [`${formatAmount(excluded, 'record')} excluded`] : []),
    ...fixes.map(fixDone),
  ];
  if (parts.length > 0) return parts.join(', ');
  // All of one file again is the version that is there already: another one is of another file.
  return number === 1 ? 'As imported' : 'Read from a newer file';
};

/** The figures first: `3 changed, 1 removed, 0 added, 1,280 as they were`. */
export const diffWords = ({ added, removed, changed, unchanged }: VersionDiff): string =>
  `${formatCount(changed)} changed, ${formatCount(removed)} removed, ${formatCount(added)} added, ${formatCount(unchanged)} as they were`;

/** Records that are to be left out or taken in again, and why these. */
export interface Selection {
  readonly kind: 'exclude' | 'include';
  readonly ids: readonly string[];
  /** `All with the problem “role order”.`; empty for records that were picked one by one. */
  readonly which: string;
}

export const editOf = ({ kind, ids }: Selection): DatasetEdit => ({ ...NO_EDIT, [kind]: [...ids] });

/** What is asked before records are left out or taken in: how many, and what comes of it. */
export const selectionWords = (
  { kind, ids, which }: Selection,
  { usable, current, next }: { readonly usable: number; readonly current: number; readonly next: number },
) => {
  const amount = formatAmount(ids.length, 'record');
  const verb = kind === 'exclude' ? 'Exclude' : 'Include';
  const most =
    ids.length >= MAX_EDITED_RECORDS ? ' These are the first of them; more at a time is not possible.' : '';
  const left =
    kind === 'exclude'
      ? `${formatCount(usable - ids.length)} of ${formatCount(usable)} records remain`
      : `${formatCount(usable + ids.length)} records are used then instead of ${formatCount(usable)}`;
  return {
    title: `${verb} ${amount}${kind === 'include' ? ' again' : ''}?`,
    confirm: `${verb} ${amount}${kind === 'include' ? ' again' : ''}`,
    says: `${which === '' ? '' : `${which} `}${left}. A new version comes of it, version ${next}; version ${current} stays as it is and can be used again.${most}`,
    done: `${amount} ${kind === 'exclude' ? 'excluded' : 'included again'}`,
  };
};
