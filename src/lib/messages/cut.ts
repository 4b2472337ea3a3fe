import type { Estimate } from '../types/estimate';
import { formatCount } from './format';

/** What the maximum length costs, before the start. */
export const cutWords = ({ longest, limit }: NonNullable<Estimate['cut']>): string =>
  `The longest record has ${formatCount(longest)} tokens; what is longer than ${formatCount(limit)} is cut`;
