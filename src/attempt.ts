import { showToast } from './components/toasts';
import { toErrorPayload } from './lib/messages/app-error';

/** For an action with no place of its own on the page: `title` says what was not done, and the toast why. */
export const attempt = async (title: string, action: () => unknown): Promise<void> => {
  try {
    await action();
  } catch (thrown) {
    const { message, hint } = toErrorPayload(thrown);
    showToast(title, `${message} ${hint}`);
  }
};
