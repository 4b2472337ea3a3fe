import { Toast } from '@base-ui/react/toast';
import { X } from 'lucide-react';
import { Button, IconButton } from './button';
import { visibleText } from '../lib/visible-text';

const manager = Toast.createToastManager();

export interface ToastAction {
  readonly label: string;
  readonly onSelect: () => void;
}

/**
 * For what happens away from the page in view, or what can be undone; never for what it shows already.
 * Answers how to close it. One with an action stays until then: who is slow must reach it too.
 */
export const showToast = (title: string, description?: string, action?: ToastAction): (() => void) => {
  const close = () => manager.close(id);
  const id = manager.add({
    title: visibleText(title),
    ...(description !== undefined && { description: visibleText(description) }),
    ...(action && { timeout: 0, actionProps: actionProps(action, close) }),
  });
  return close;
};

const actionProps = ({ label, onSelect }: ToastAction, close: () => void) => ({
  children: label,
  onClick: () => {
    onSelect();
    close();
  },
});

export const Toasts = () => (
  <Toast.Provider toastManager={manager}>
    <Toast.Portal>
      <Toast.Viewport className="fixed right-6 bottom-10 z-40 flex w-80 flex-col gap-2">
        <ToastList />
      </Toast.Viewport>
    </Toast.Portal>
  </Toast.Provider>
);

const ToastList = () =>
  Toast.useToastManager().toasts.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      className="flex items-start gap-2 rounded-lg border border-line-strong bg-surface-2 p-3 shadow-2"
    >
      <Toast.Content className="min-w-0 flex-1">
        <Toast.Title className="font-medium" />
        <Toast.Description className="text-xs text-ink-2" />
      </Toast.Content>
      {toast.actionProps ? <Toast.Action render={<Button small />} /> : null}
      <Toast.Close render={<IconButton small look="plain" label="Dismiss" icon={X} />} />
    </Toast.Root>
  ));
