import { api } from './api';
import { attempt } from './attempt';

/** What the app wrote down of its failures, in the program that the system reads text with. */
export const showLog = (): Promise<void> => attempt('The log cannot be shown', () => api.desktop.show_log());
