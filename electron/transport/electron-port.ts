import { type BrowserWindow, ipcMain, type IpcMainEvent, type IpcMainInvokeEvent } from 'electron';
import type { Publisher } from '../../src/lib/contract/derived';
import type { Reply } from './serve';

export const CALL_CHANNEL = 'pipeline:call';
export const EVENT_CHANNEL = 'pipeline:event';
const DENIED_CHANNEL = 'pipeline:denied';
export const APP_ORIGIN = 'app://pipeline';

const isOurMainFrame = (event: IpcMainEvent | IpcMainInvokeEvent, window: BrowserWindow | null): boolean =>
  window !== null &&
  !window.isDestroyed() &&
  event.sender === window.webContents &&
  event.senderFrame === window.webContents.mainFrame &&
  event.senderFrame.url.startsWith(`${APP_ORIGIN}/`);

interface Port {
  readonly currentWindow: () => BrowserWindow | null;
  readonly answer: (name: unknown, input: unknown) => Promise<Reply>;
}

/** Serves our window's main frame and nobody else. Returns the disposer. */
export const servePort = ({ currentWindow, answer }: Port): (() => void) => {
  ipcMain.handle(CALL_CHANNEL, (event, name: unknown, input: unknown): Promise<Reply> => {
    if (isOurMainFrame(event, currentWindow())) return answer(name, input);
    return Promise.resolve({ ok: false, error: { code: 'forbidden', message: 'Not our window.', hint: '' } });
  });
  return () => ipcMain.removeHandler(CALL_CHANNEL);
};

interface DeniedPort {
  readonly currentWindow: () => BrowserWindow | null;
  readonly onDenied: (target: string) => void;
}

/** Hears of the requests that the policy of our window's page stopped. */
export const hearDenied = ({ currentWindow, onDenied }: DeniedPort): void => {
  ipcMain.on(DENIED_CHANNEL, (event, blocked: unknown) => {
    if (isOurMainFrame(event, currentWindow()) && isRequest(blocked)) onDenied(blocked);
  });
};

/** A policy also stops what is no request: `inline`, `eval`, `data`. */
const isRequest = (blocked: unknown): blocked is string =>
  typeof blocked === 'string' && URL.canParse(blocked);

/** Sends news to the window, if there is one. */
export const windowPublisher = (currentWindow: () => BrowserWindow | null): Publisher => ({
  publish: (name, payload) => {
    const window = currentWindow();
    if (window && !window.isDestroyed()) window.webContents.send(EVENT_CHANNEL, name, payload);
  },
});
