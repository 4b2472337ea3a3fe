import { contextBridge, ipcRenderer, webUtils } from 'electron';

// Spelled out, not imported: a sandboxed preload must be one small file.
const CALL_CHANNEL = 'pipeline:call';
const EVENT_CHANNEL = 'pipeline:event';
const DENIED_CHANNEL = 'pipeline:denied';

type Listener = (payload: unknown) => void;
const listeners = new Map<string, Set<Listener>>();

ipcRenderer.on(EVENT_CHANNEL, (_event, name: string, payload: unknown) => {
  for (const listener of listeners.get(name) ?? []) listener(payload);
});

// The page's policy stops requests before the session could count them. First of all listeners, so none can hide it.
window.addEventListener(
  'securitypolicyviolation',
  ({ isTrusted, blockedURI }) => {
    if (isTrusted) ipcRenderer.send(DENIED_CHANNEL, blockedURI);
  },
  { capture: true },
);

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
