import { ContextMenu as BaseContextMenu } from '@base-ui/react/context-menu';
import type { MouseEventHandler, ReactNode } from 'react';
import { MENU, MenuItems } from './overlays';
import type { MenuAction } from './overlays';
import { IN_PAGE } from './popup-place';

const ContextActions = ({ actions }: { readonly actions: readonly MenuAction[] }) => (
  <BaseContextMenu.Portal container={IN_PAGE}>
    <BaseContextMenu.Positioner className="z-20">
      <BaseContextMenu.Popup className={MENU}>
        <MenuItems actions={actions} />
      </BaseContextMenu.Popup>
    </BaseContextMenu.Positioner>
  </BaseContextMenu.Portal>
);

/** A row of a list whose actions come with a right click. */
export const ContextRow = ({
  actions,
  className,
  children,
}: {
  readonly actions: readonly MenuAction[];
  readonly className: string;
  readonly children: ReactNode;
}) => (
  <BaseContextMenu.Root>
    <BaseContextMenu.Trigger data-row render={<li />} className={className}>
      {children}
    </BaseContextMenu.Trigger>
    <ContextActions actions={actions} />
  </BaseContextMenu.Root>
);

/** The same of a table. */
export const ContextTableRow = ({
  actions,
  className,
  onClick,
  children,
}: {
  readonly actions: readonly MenuAction[];
  readonly className: string;
  readonly onClick: MouseEventHandler<HTMLTableRowElement>;
  readonly children: ReactNode;
}) => (
  <BaseContextMenu.Root>
    <BaseContextMenu.Trigger data-row render={<tr onClick={onClick} />} className={className}>
      {children}
    </BaseContextMenu.Trigger>
    <ContextActions actions={actions} />
  </BaseContextMenu.Root>
);
