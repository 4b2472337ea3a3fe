import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { app, BrowserWindow, dialog, Menu, nativeTheme, session } from 'electron';
import log from 'electron-log/node';
import type { Publisher } from '../src/lib/contract/derived';
import { toErrorPayload } from '../src/lib/messages/app-error';
import { isActive } from '../src/lib/training/job-states';
import type { ErrorPayload } from '../src/lib/types/system';
import { TrainingJob } from '../src/lib/types/lora-training';
import { type App, createApp } from './app';
import { resolveDataDir } from './data-dir';
import { handlersOf } from './handlers';
import { desktopHandlers } from './platform/desktop';
import { createKeepAwake } from './platform/keep-awake';
import { menuTemplate } from './platform/menu';
import { registerAppScheme, serveWindowFiles } from './platform/protocol';
import { denyNavigation, denyNetwork } from './platform/security';
import { stopBeforeQuit } from './platform/stop-before-quit';
import { showTray } from './platform/tray';
import { openWindow } from './platform/window';
import { servePort, windowPublisher } from './transport/electron-port';
import { createServer } from './transport/serve';

const distDir = dirname(fileURLToPath(import.meta.url));
const resourcesDir = app.isPackaged ? process.resourcesPath : join(distDir, '..', '..', 'resources');
const dataDir = resolveDataDir();

let window: BrowserWindow | null = null;
let removeTray: (() => void) | null = null;
const currentWindow = (): BrowserWindow | null => window;

const showWindow = (): void => {
  removeTray?.();
  removeTray = null;
  if (window && !window.isDestroyed()) {
    if (window.isMinimized()) window.restore();
    window.focus();
    return;
  }
  window = openWindow({ preload: join(distDir, 'preload.cjs'), stateDir: join(dataDir, 'electron') });
  window.on('closed', () => {
    window = null;
  });
};

const prepareFolders = (): void => {
  mkdirSync(join(dataDir, 'electron'), { recursive: true, mode: 0o700 });
  app.setPath('userData', join(dataDir, 'electron'));
  log.transports.file.resolvePathFn = () => join(dataDir, 'logs', 'main.log');
  log.transports.console.level = false;
  log.errorHandler.startCatching({ showDialog: process.env['PIPELINE_NO_DIALOGS'] !== '1' });
};

const publisherWithSideEffects = (): Publisher => {
  const toWindow = windowPublisher(currentWindow);
  const keepAwake = createKeepAwake();
  const active = new Set<string>();
  return {
    publish: (name, payload) => {
      toWindow.publish(name, payload);
      if (name !== 'jobs.changed') return;
      const job = TrainingJob.safeParse(payload).data;
      if (!job) return;
      if (isActive(job.status)) active.add(job.id);
      else active.delete(job.id);
      keepAwake(active.size > 0);
    },
  };
};

const stopOnQuit = (pipeline: App): void => {
  const onFailure = (thrown: unknown) => log.error(thrown);
  app.on('before-quit', stopBeforeQuit({ stop: () => pipeline.stop(), quit: () => app.quit(), onFailure }));
};

const quitOrHide = (pipeline: App): void => {
  app.on('window-all-closed', () => {
    pipeline
      .staysOpenWithoutWindow()
      .then((stays) => {
        if (stays) removeTray ??= showTray({ iconsDir: join(resourcesDir, 'icons'), open: showWindow });
        else app.quit();
      })
      .catch((thrown: unknown) => {
        log.error(thrown);
        app.quit();
      });
  });
};

const start = async (): Promise<void> => {
  const pipeline = await createApp({
    dataDir,
    resourcesDir,
    bundleDir: distDir,
    migrationsDir: join(distDir, '..', '..', 'migrations'),
    publisher: publisherWithSideEffects(),
    kind: 'app',
    onFailure: (thrown) => log.error(thrown),
    onNotice: showNotice,
  });
  denyNetwork(session.defaultSession, (target) => pipeline.services.network.denied('window', target));
  serveWindowFiles(join(distDir, '..', 'renderer'));
  const handlers = {
    ...handlersOf(pipeline.services),
    desktop: desktopHandlers(currentWindow, pipeline.services),
  };
  servePort({ currentWindow, answer: createServer(handlers, (name, thrown) => log.warn(name, thrown)) });
  Menu.setApplicationMenu(
    Menu.buildFromTemplate(
      menuTemplate((command) => windowPublisher(currentWindow).publish('desktop.command', command)),
    ),
  );
  nativeTheme.themeSource = (await pipeline.services.settings.get()).theme;
  stopOnQuit(pipeline);
  quitOrHide(pipeline);
  showWindow();
  await pipeline.start();
};

/** Beside the window, which opens meanwhile. */
const showNotice = ({ message, hint }: ErrorPayload): void => {
  log.warn(message, hint);
  process.stderr.write(`${message} ${hint}\n`);
  if (process.env['PIPELINE_NO_DIALOGS'] === '1') return;
  const options = { type: 'warning', title: 'Pipeline', message, detail: hint } as const;
  dialog.showMessageBox(options).catch((thrown: unknown) => log.error(thrown));
};

const refuseToStart = (thrown: unknown): void => {
  log.error(thrown);
  const { message, hint } = toErrorPayload(thrown);
  process.stderr.write(`${message} ${hint}\n`);
  if (process.env['PIPELINE_NO_DIALOGS'] !== '1')
    dialog.showErrorBox('Pipeline cannot start', `${message}\n\n${hint}`);
  app.exit(1);
};

prepareFolders();
registerAppScheme();
if (app.requestSingleInstanceLock()) {
  denyNavigation();
  app.on('second-instance', showWindow);
  app.on('activate', showWindow);
  app.whenReady().then(start).catch(refuseToStart);
} else {
  app.quit();
}
