import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BrowserWindow, Menu, nativeTheme, screen } from 'electron';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { APP_ORIGIN } from '../transport/electron-port';
import { editMenuTemplate } from './edit-menu';
import { reloadWhenGone } from './reload-when-gone';

const Bounds = z.object({
  x: z.number().optional(),
  y: z.number().optional(),
  width: z.number().min(960),
  height: z.number().min(600),
  maximized: z.boolean(),
});
type Bounds = z.infer<typeof Bounds>;

const DEFAULT_BOUNDS: Bounds = { width: 1280, height: 800, maximized: false };

const isOnAScreen = ({ x, y }: Bounds): boolean =>
  x !== undefined &&
  y !== undefined &&
  screen.getAllDisplays().some(({ bounds }) => {
    const inside = x >= bounds.x && y >= bounds.y;
    return inside && x < bounds.x + bounds.width - 100 && y < bounds.y + bounds.height - 100;
  });

const rememberedBounds = (file: string): Bounds => {
  try {
    const bounds = Bounds.parse(JSON.parse(readFileSync(file, 'utf8')));
    return isOnAScreen(bounds) ? bounds : { ...bounds, x: undefined, y: undefined };
  } catch {
    // No file yet, or one that cannot be read: a window in its usual place is all that is lost.
    return DEFAULT_BOUNDS;
  }
};

const rememberOnClose = (window: BrowserWindow, file: string): void => {
  window.on('close', () => {
    const bounds: Bounds = { ...window.getNormalBounds(), maximized: window.isMaximized() };
    writeFileAtomic.sync(file, JSON.stringify(bounds), { mode: 0o600 });
  });
};

const offerEditMenu = (window: BrowserWindow): void => {
  window.webContents.on('context-menu', (_event, clicked) => {
    const template = editMenuTemplate(clicked);
    if (template.length > 0) Menu.buildFromTemplate(template).popup({ window });
  });
};

interface WindowOptions {
  readonly preload: string;
  readonly stateDir: string;
}

/** The one window: sandboxed, isolated, and where it was last time. */
export const openWindow = ({ preload, stateDir }: WindowOptions): BrowserWindow => {
  const file = join(stateDir, 'window.json');
  const { maximized, ...bounds } = rememberedBounds(file);
  const window = new BrowserWindow({
    ...bounds,
    minWidth: 960,
    minHeight: 600,
    title: 'Pipeline',
    show: false,
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#131519' : '#f9fafc',
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      spellcheck: false,
    },
  });
  if (maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  rememberOnClose(window, file);
  reloadWhenGone(window.webContents);
  offerEditMenu(window);
  void window.loadURL(`${APP_ORIGIN}/index.html`);
  return window;
};
