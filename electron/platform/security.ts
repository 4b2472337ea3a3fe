import { app, type Session } from 'electron';
import { APP_ORIGIN } from '../transport/electron-port';

const ALLOWED = new Set(['app:', 'devtools:', 'data:', 'blob:']);

/**
 * No name or address is looked up, so nothing connects: WebRTC and hints of a page (dns-prefetch) pass by
 * `webRequest`. Must run before the app is ready.
 */
export const resolveNothing = (): void => {
  app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND');
};

/** Denies and reports every request that leaves `app://`. */
export const denyNetwork = (session: Session, onDenied: (target: string) => void): void => {
  session.webRequest.onBeforeRequest(({ url }, decide) => {
    const allowed = ALLOWED.has(new URL(url).protocol);
    if (!allowed) onDenied(url);
    decide({ cancel: !allowed });
  });
  session.setPermissionRequestHandler((_contents, permission, decide) => {
    decide(permission === 'clipboard-sanitized-write');
  });
  session.setPermissionCheckHandler((_contents, permission) => permission === 'clipboard-sanitized-write');
  session.on('will-download', (event) => event.preventDefault());
};

/** There is one page; another address of the origin would leave the window empty. */
const isOurPage = (url: string): boolean => url.replace(/[?#].*/, '') === `${APP_ORIGIN}/index.html`;

/** No page of ours is ever left for another, opens a window or attaches a web view. */
export const denyNavigation = (onDenied: (target: string) => void): void => {
  app.on('web-contents-created', (_event, contents) => {
    const deny = (event: { readonly url: string; preventDefault(): void }): void => {
      event.preventDefault();
      onDenied(event.url);
    };
    contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
    contents.setWindowOpenHandler(({ url }) => {
      onDenied(url);
      return { action: 'deny' };
    });
    contents.on('will-navigate', (event) => {
      if (!isOurPage(event.url)) deny(event);
    });
    contents.on('will-redirect', deny);
    contents.on('will-attach-webview', (event) => event.preventDefault());
  });
};
