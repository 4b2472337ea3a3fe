import { Tooltip as BaseTooltip } from '@base-ui/react/tooltip';
import type { ReactElement, ReactNode } from 'react';
import { IN_PAGE } from './popup-place';

/** Says more about what it surrounds: on hover, and on focus where that can have it. */
export const Tooltip = ({
  text,
  children,
}: {
  readonly text: ReactNode;
  readonly children: ReactElement;
}) => (
  <BaseTooltip.Root>
    <BaseTooltip.Trigger render={children} />
    <BaseTooltip.Portal container={IN_PAGE}>
      <BaseTooltip.Positioner sideOffset={4} collisionPadding={8} className="z-30">
        <BaseTooltip.Popup className="max-w-80 rounded-md border border-line-strong bg-surface-2 px-2 py-1 text-xs text-ink shadow-2">
          {text}
        </BaseTooltip.Popup>
      </BaseTooltip.Positioner>
    </BaseTooltip.Portal>
  </BaseTooltip.Root>
);
