import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Loaded } from '../live-store';
import { capitalised } from './format';
import { Page, Panel } from './layout';
import { ErrorState, Missing } from './states';

/** The page of one thing of a list: until it is there, and where it is not. */
export const ThingPage = <Row extends { readonly id: string; readonly deleted_at?: string | null }>({
  id,
  state,
  thing,
  icon,
  parent,
  skeleton,
  onRetry,
  children,
}: {
  readonly id: string;
  readonly state: Loaded<ReadonlyMap<string, Row>>;
  /** What it is called: `dataset`. */
  readonly thing: string;
  readonly icon: LucideIcon;
  readonly parent: { readonly label: string; readonly href: string };
  /** The places of what is to come. */
  readonly skeleton: ReactNode;
  readonly onRetry: () => void;
  readonly children: (row: Row) => ReactNode;
}) => {
  const row = state.kind === 'ready' ? state.value.get(id) : undefined;
  if (row && !row.deleted_at) return children(row);
  return (
    <Page title={capitalised(thing)} parent={parent} dense>
      {state.kind === 'ready' ? <Missing icon={icon} thing={thing} parent={parent} /> : null}
      {state.kind === 'loading' ? skeleton : null}
      {state.kind === 'error' ? (
        <Panel plain>
          <ErrorState title={`The ${thing} cannot be read`} error={state.error} onRetry={onRetry} />
        </Panel>
      ) : null}
    </Page>
  );
};
