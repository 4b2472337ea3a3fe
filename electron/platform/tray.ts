import { join } from 'node:path';
import { app, Menu, Tray } from 'electron';

interface TrayOptions {
  readonly iconsDir: string;
  readonly open: () => void;
}

/** Lives while the window is closed and a job goes on. Returns the disposer. */
export const showTray = ({ iconsDir, open }: TrayOptions): (() => void) => {
  const tray = new Tray(join(iconsDir, 'tray.png'));
  tray.setToolTip('Pipeline: a job is running');
  tray.setContextMenu(
    Menu.buildFromTemplate([
      { label: 'Open Pipeline', click: open },
      { label: 'Save and quit', click: () => app.quit() },
    ]),
  );
  tray.on('click', open);
  return () => tray.destroy();
};
