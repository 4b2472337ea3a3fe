import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { protocol } from 'electron';

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Must run before the app is ready. */
export const registerAppScheme = (): void => {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
};

const fileBelow = (folder: string, url: string): string | null => {
  const { host, pathname } = new URL(url);
  if (host !== 'pipeline') return null;
  const path = normalize(join(folder, decodeURIComponent(pathname === '/' ? '/index.html' : pathname)));
  return path.startsWith(folder + sep) && extname(path) in MEDIA_TYPES ? path : null;
};

const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

const fileAnswer = async (folder: string, url: string): Promise<Response> => {
  const path = fileBelow(folder, url);
  if (path === null) throw new Error('No file of the window');
  const type = MEDIA_TYPES[extname(path)] ?? 'application/octet-stream';
  return new Response(new Uint8Array(await readFile(path)), {
    headers: { ...HEADERS, 'content-type': type },
  });
};

/** Serves the built window as `app://pipeline/…`, with the policy on every answer. */
export const serveWindowFiles = (folder: string): void => {
  protocol.handle('app', async ({ url }) => {
    try {
      return await fileAnswer(folder, url);
    } catch {
      // Whatever the reason: it would name paths of this machine.
      return new Response('Not found', {
        status: 404,
        headers: { ...HEADERS, 'content-type': 'text/plain' },
      });
    }
  });
};
