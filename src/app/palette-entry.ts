import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Group } from './palette-match';

export interface Entry {
  readonly id: string;
  readonly group: Group;
  readonly label: string;
  /** Where the thing is plain: among what can be done to it. */
  readonly short?: string;
  readonly note?: string;
  /** Instead of a note, where it has to be asked for. */
  readonly aside?: ReactNode;
  readonly shortcut?: string;
  readonly icon: LucideIcon;
  /** The thing that it does something to; shown unasked only on the page of it. */
  readonly onThing?: string;
  /** Of an entry that opens a thing. */
  readonly path?: string;
  readonly run: () => unknown;
}
