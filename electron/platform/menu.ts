import type { MenuItemConstructorOptions } from 'electron';

type Command = 'import' | 'new_run' | 'palette' | 'settings' | 'shortcuts';

/** The native menu; single-letter shortcuts live in the window, where they know about text fields. */
export const menuTemplate = (send: (command: Command) => void): MenuItemConstructorOptions[] => {
  const item = (label: string, command: Command, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    ...(accelerator ? { accelerator } : {}),
    click: () => send(command),
  });
  const mac: MenuItemConstructorOptions[] = process.platform === 'darwin' ? [{ role: 'appMenu' }] : [];
  return [
    ...mac,
    {
      label: 'File',
      submenu: [
        item('New run', 'new_run', 'CmdOrCtrl+N'),
        item('Import data…', 'import', 'CmdOrCtrl+O'),
        { type: 'separator' },
        item('Settings', 'settings', 'CmdOrCtrl+,'),
        { type: 'separator' },
        { role: process.platform === 'darwin' ? 'close' : 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: 'View',
      submenu: [
        item('Search or run…', 'palette'),
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
      ],
    },
    { role: 'windowMenu' },
    { role: 'help', submenu: [item('Keyboard shortcuts', 'shortcuts')] },
  ];
};
