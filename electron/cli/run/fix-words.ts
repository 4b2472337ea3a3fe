import { z } from 'zod';
import { SafeFix } from '../../../src/lib/types/dataset-versions';

const KNOWN = 'trim, drop_repeated_user_turn, merge_system, cut_before_empty_answer, truncate_history=N';

const fixOf = (word: string): unknown => {
  const [, kept] = /^truncate_history=(\d{1,6})$/u.exec(word) ?? [];
  return kept === undefined ? word : { truncate_history: Number(kept) };
};

/** `trim,truncate_history=4` as fixes. */
export const FixWords = z.string(`give --fix with ${KNOWN}`).transform((words, context) => {
  const parsed = z.array(SafeFix).safeParse(words.split(',').map((word) => fixOf(word.trim())));
  if (parsed.success) return parsed.data;
  context.addIssue(`the fixes are ${KNOWN}`);
  return z.NEVER;
});
