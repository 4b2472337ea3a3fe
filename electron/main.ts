import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { app, BrowserWindow, dialog, Menu, nativeTheme, session } from 'electron';
import log from 'electron-log/node';
import { toErrorPayload } from '../src/lib/messages/app-error';
import type { ErrorPayload } from '../src/lib/types/system';
import { type App, createApp } from './app';
import { resolveDataDir } from './data-dir';
import { handlersOf } from './handlers';
import { desktopHandlers } from './platform/desktop';
import { FolderMemory } from './platform/folder-memory';
import { createKeepAwake } from './platform/keep-awake';
import { menuTemplate } from './platform/menu';
import { registerAppScheme, serveWindowFiles } from './platform/protocol';
import { denyNavigation, denyNetwork, resolveNothing } from './platform/security';
import { stopBeforeQuit } from './platform/stop-before-quit';
import { showTray } from './platform/tray';
import { watchWork } from './platform/watch-work';
import { openWindow } from './platform/window';
import { liveWithoutWindow, staysWithout } from './platform/without-window';
import { hearDenied, servePort, windowPublisher } from './transport/electron-port';
import { createServer } from './transport/serve';

const distDir = dirname(fileURLToPath(import.meta.url));
const resourcesDir = app.isPackaged ? process.resourcesPath : join(distDir, '..', '..', 'resources');
const dataDir = resolveDataDir();
const logPath = join(dataDir, 'logs', 'main.log');

let window: BrowserWindow | null = null;
let life: ReturnType<typeof liveWithoutWindow> | null = null;
let network: App['services']['network'] | null = null;
const currentWindow = (): BrowserWindow | null => window;
const onDenied = (target: string): void => network?.denied('window', target);

const showWindow = (): void => {
  life?.onOpened();
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
  log.transports.file.resolvePathFn = () => logPath;
  log.transports.console.level = false;
  log.errorHandler.startCatching({ showDialog: process.env['PIPELINE_NO_DIALOGS'] !== '1' });
};

const stopOnQuit = (pipeline: App): void => {
  const onFailure = (thrown: unknown) => log.error(thrown);
  const stop = () => {
    life?.onQuitting();
    return pipeline.stop();
  };
  app.on('before-quit', stopBeforeQuit({ stop, quit: () => app.quit(), onFailure }));
};

const outliveWindow = ({ services: { settings, jobs } }: App) => {
  const without = liveWithoutWindow({
    staysOpen: async () => staysWithout((await settings.get()).keep_training_when_closed, await jobs.list()),
    showTray: () => showTray({ iconsDir: join(resourcesDir, 'icons'), open: showWindow }),
    quit: () => app.quit(),
    onFailure: (thrown) => log.error(thrown),
  });
  app.on('window-all-closed', without.onClosed);
  return without;
};

/** With the code that the window shows, by which the two are found together. */
const logRefusal = (name: string, thrown: unknown): void =>
  log.warn(name, toErrorPayload(thrown).code, thrown);

const start = async (): Promise<void> => {
  const pipeline = await createApp({
    dataDir,
    resourcesDir,
    bundleDir: distDir,
    migrationsDir: join(distDir, '..', '..', 'migrations'),
    publisher: watchWork(windowPublisher(currentWindow), {
      onWork: createKeepAwake(),
      onLess: () => life?.onLess(),
    }),
    kind: 'app',
    onFailure: (thrown) => log.error(thrown),
    onNotice: showNotice,
    onLog: (sentence) => log.info(sentence),
  });
  network = pipeline.services.network;
  denyNetwork(session.defaultSession, onDenied);
  hearDenied({ currentWindow, onDenied });
  serveWindowFiles(join(distDir, '..', 'renderer'));
  const handlers = {
    ...handlersOf(pipeline.services),
    desktop: desktopHandlers(currentWindow, {
      datasets: pipeline.services.datasets,
      folders: new FolderMemory(pipeline.services.repositories.settings, (thrown) => log.error(thrown)),
      logPath,
    }),
  };
  servePort({ currentWindow, answer: createServer(handlers, logRefusal) });
  Menu.setApplicationMenu(
    Menu.buildFromTemplate(
      menuTemplate((command) => windowPublisher(currentWindow).publish('desktop.command', command)),
    ),
  );
  nativeTheme.themeSource = (await pipeline.services.settings.get()).theme;
  stopOnQuit(pipeline);
  life = outliveWindow(pipeline);
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
resolveNothing();
if (app.requestSingleInstanceLock()) {
  log.info(`Pipeline ${app.getVersion()} starts on ${process.platform} ${process.arch}.`);
  denyNavigation(onDenied);
  app.on('second-instance', showWindow);
  app.on('activate', showWindow);
  app.whenReady().then(start).catch(refuseToStart);
} else {
  app.quit();
}
