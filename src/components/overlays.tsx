import { AlertDialog as BaseAlert } from '@base-ui/react/alert-dialog';
import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import { Menu as BaseMenu } from '@base-ui/react/menu';
import { Tabs as BaseTabs } from '@base-ui/react/tabs';
import { Ellipsis, X } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from './button';
import type { ButtonProps } from './button';
import { classNames } from './class-names';
import { FileText } from './file-text';
import { IN_PAGE } from './popup-place';
import { visibleText } from '../lib/visible-text';

const SCRIM = 'fixed inset-0 z-20 bg-scrim';
const POPUP =
  'fixed left-1/2 z-20 max-w-[calc(100vw-3rem)] -translate-x-1/2 rounded-lg border border-line-strong bg-surface-2 shadow-3 outline-none';

interface OverlayProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  readonly children: ReactNode;
}

export const Dialog = ({
  open,
  onOpenChange,
  title,
  bare,
  wide,
  children,
}: OverlayProps & {
  readonly bare?: boolean;
  /** For what is read in it, rather than answered. */
  readonly wide?: boolean;
}) => (
  <BaseDialog.Root open={open} onOpenChange={onOpenChange}>
    <BaseDialog.Portal>
      <BaseDialog.Backdrop className={SCRIM} />
      <BaseDialog.Popup
        className={classNames(
          POPUP,
          'overflow-y-auto',
          wide ? 'top-[6vh] max-h-[88vh] w-[880px]' : 'top-[14vh] max-h-[76vh] w-[600px]',
        )}
      >
        {bare ? (
          <>
            <BaseDialog.Title className="sr-only">{visibleText(title)}</BaseDialog.Title>
            {children}
          </>
        ) : (
          <>
            <BaseDialog.Title className="pt-4 pr-14 pb-2 pl-5 text-md font-semibold">
              <FileText>{title}</FileText>
            </BaseDialog.Title>
            <div className="px-5 pb-5">{children}</div>
            {/* Last, so that the first field has the focus; without a tooltip, which would take the first Escape. */}
            <BaseDialog.Close
              render={
                <Button look="plain" aria-label="Close" className="absolute top-3 right-3 w-8 px-0!">
                  <X aria-hidden className="size-4" />
                </Button>
              }
            />
          </>
        )}
      </BaseDialog.Popup>
    </BaseDialog.Portal>
  </BaseDialog.Root>
);

/** Asks before something is lost; the words say what. */
export const AlertDialog = ({
  open,
  onOpenChange,
  title,
  confirm,
  onConfirm,
  isRefused = false,
  keep = 'Keep it',
  children,
}: OverlayProps & {
  readonly confirm: string;
  /** What is asked cannot be done now; the words say why. */
  readonly isRefused?: boolean;
  readonly onConfirm: () => void;
  readonly keep?: string;
}) => (
  <BaseAlert.Root open={open} onOpenChange={onOpenChange}>
    <BaseAlert.Portal>
      <BaseAlert.Backdrop className={SCRIM} />
      <BaseAlert.Popup className={classNames(POPUP, 'top-[24vh] w-[600px] p-5')}>
        <BaseAlert.Title className="text-md font-semibold">
          <FileText>{title}</FileText>
        </BaseAlert.Title>
        <BaseAlert.Description render={<div />} className="mt-1 text-ink-2">
          {children}
        </BaseAlert.Description>
        <div className="mt-5 flex justify-end gap-3">
          <Button onClick={() => onOpenChange(false)}>{keep}</Button>
          <Button
            look="danger"
            disabled={isRefused}
            onClick={() => {
              onConfirm();
              onOpenChange(false);
            }}
          >
            {confirm}
          </Button>
        </div>
      </BaseAlert.Popup>
    </BaseAlert.Portal>
  </BaseAlert.Root>
);

export interface MenuAction {
  readonly label: string;
  /** Stands at the right, in less ink. */
  readonly aside?: string;
  /** Where two actions may be called the same. */
  readonly key?: string;
  readonly onSelect: () => void;
  readonly disabled?: boolean;
}

export const MENU = 'min-w-40 max-w-96 rounded-lg border bg-surface-2 p-1 shadow-2 outline-none';

export const MenuItems = ({ actions }: { readonly actions: readonly MenuAction[] }) =>
  actions.map((action) => (
    <BaseMenu.Item
      key={action.key ?? action.label}
      disabled={action.disabled}
      onClick={action.onSelect}
      className="flex h-8 items-center gap-4 rounded-md px-2 outline-none select-none data-[disabled]:text-ink-disabled data-[highlighted]:bg-selected"
    >
      <span className="min-w-0 flex-1 truncate">
        <FileText>{action.label}</FileText>
      </span>
      {action.aside ? <span className="text-xs text-ink-3">{action.aside}</span> : null}
    </BaseMenu.Item>
  ));

const MenuList = ({ actions }: { readonly actions: readonly MenuAction[] }) => (
  <BaseMenu.Portal container={IN_PAGE}>
    <BaseMenu.Positioner sideOffset={4} align="end" className="z-20">
      <BaseMenu.Popup className={MENU}>
        <MenuItems actions={actions} />
      </BaseMenu.Popup>
    </BaseMenu.Positioner>
  </BaseMenu.Portal>
);

/** A button in words that opens a menu. */
export const ButtonMenu = ({
  actions,
  ...button
}: { readonly actions: readonly MenuAction[] } & ButtonProps) => (
  <BaseMenu.Root>
    <BaseMenu.Trigger render={<Button {...button} />} disabled={button.disabled} />
    <MenuList actions={actions} />
  </BaseMenu.Root>
);

/** As high as the buttons of a page's head; `small` as those of a row. */
export const Menu = ({
  label,
  actions,
  small,
  icon: Icon = Ellipsis,
}: {
  readonly label: string;
  readonly icon?: LucideIcon;
  readonly actions: readonly MenuAction[];
  readonly small?: boolean;
}) => (
  <BaseMenu.Root>
    <BaseMenu.Trigger
      aria-label={visibleText(label)}
      title={visibleText(label)}
      className={classNames(
        'inline-flex shrink-0 items-center justify-center border border-line-strong bg-surface-2 hover:bg-hover',
        small ? 'size-6 rounded-sm' : 'size-8 rounded-md',
      )}
    >
      <Icon aria-hidden className={small ? 'size-3.5' : 'size-4'} />
    </BaseMenu.Trigger>
    <MenuList actions={actions} />
  </BaseMenu.Root>
);

export interface Tab {
  readonly id: string;
  readonly label: string;
  readonly count?: string;
  readonly content: ReactNode;
}

export const Tabs = ({
  label,
  tabs,
  value,
  onChange,
  inset,
  fill,
  aside,
}: {
  readonly label: string;
  readonly tabs: readonly Tab[];
  readonly value: string;
  readonly onChange: (id: string) => void;
  readonly inset?: boolean;
  readonly fill?: boolean;
  /** Stands at the end of the row of tabs. */
  readonly aside?: ReactNode;
}) => (
  <BaseTabs.Root
    value={value}
    onValueChange={(next) => onChange(String(next))}
    className={classNames('flex flex-col', fill && 'min-h-0 flex-1 max-medium:flex-none')}
  >
    <div
      className={classNames('flex h-9 shrink-0 items-center justify-between gap-5 border-b', inset && 'px-4')}
    >
      <BaseTabs.List
        aria-label={label}
        activateOnFocus
        className="-mb-px flex h-9 min-w-0 gap-5 max-medium:overflow-x-auto max-medium:overflow-y-hidden max-medium:[scrollbar-width:none]"
      >
        {tabs.map((tab) => (
          <BaseTabs.Tab
            key={tab.id}
            value={tab.id}
            className="flex items-center gap-1.5 border-b-2 border-transparent whitespace-nowrap text-ink-2 hover:text-ink focus-visible:outline-offset-0 data-[active]:border-accent data-[active]:font-medium data-[active]:text-ink"
          >
            {tab.label}
            {tab.count ? <span className="text-xs font-normal text-ink-3">{tab.count}</span> : null}
          </BaseTabs.Tab>
        ))}
      </BaseTabs.List>
      {aside ? <p className="truncate text-xs text-ink-2 max-medium:hidden">{aside}</p> : null}
    </div>
    {tabs.map((tab) => (
      <BaseTabs.Panel
        key={tab.id}
        value={tab.id}
        className={classNames(fill && 'flex min-h-0 flex-1 flex-col max-medium:flex-none', !inset && 'pt-3')}
      >
        {tab.content}
      </BaseTabs.Panel>
    ))}
  </BaseTabs.Root>
);
