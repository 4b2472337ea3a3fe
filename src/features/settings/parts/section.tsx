import type { ReactNode } from 'react';
import { Panel } from '../../../components/layout';

export const Section = ({
  title,
  note,
  actions,
  children,
}: {
  readonly title: string;
  readonly note?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) => (
  <Panel title={title} note={note} actions={actions}>
    <div className="flex flex-col gap-4">{children}</div>
  </Panel>
);
