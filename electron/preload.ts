import { contextBridge, ipcRenderer, webUtils } from 'electron';

// Spelled out, not imported: a sandboxed preload must be one small file.
const CALL_CHANNEL = 'pipeline:call';
const EVENT_CHANNEL = 'pipeline:event';

type Listener = (payload: unknown) => void;
const listeners = new Map<string, Set<Listener>>();

ipcRenderer.on(EVENT_CHANNEL, (_event, name: string, payload: unknown) => {
  for (const listener of listeners.get(name) ?? []) listener(payload);
});

contextBridge.exposeInMainWorld('api', {
  call: (name: string, input: unknown): Promise<unknown> => ipcRenderer.invoke(CALL_CHANNEL, name, input),
  on: (name: string, listener: Listener): (() => void) => {
    const ofName = listeners.get(name) ?? new Set<Listener>();
    listeners.set(name, ofName.add(listener));
    return () => {
      ofName.delete(listener);
    };
  },
  pathForFile: (file: File): string => webUtils.getPathForFile(file),
});
