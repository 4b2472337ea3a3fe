import type { LucideIcon } from 'lucide-react';
import type { Group } from './palette-match';

export interface Entry {
  readonly id: string;
  readonly group: Group;
  readonly label: string;
  readonly note?: string;
  readonly shortcut?: string;
  readonly icon: LucideIcon;
  /** Does something to a thing; shown unasked only on the page of it. */
  readonly onThing?: boolean;
  /** Of an entry that opens a thing. */
  readonly path?: string;
  readonly run: () => unknown;
}
