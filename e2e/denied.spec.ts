import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { expect, test } from '@playwright/test';
import { z } from 'zod';
import { NetworkState } from '../src/lib/types/system';
import { call } from './app';
import { launch, removeDataDir, type LaunchedApp } from './launch';

const Address = z.object({ port: z.int() });
const LAST = 'last';

let pipeline: LaunchedApp;

test.beforeAll(async () => {
  pipeline = await launch();
});

test.afterAll(async () => {
  await pipeline.close();
  await removeDataDir(pipeline.dataDir);
});

/** Listens on loopback, tells what arrives, and ends when all that came before has. */
const listenForBoth = async () => {
  const reached: string[] = [];
  const heard = (kind: string) => (bytes: Buffer) => reached.push(String(bytes) === LAST ? LAST : kind);
  const udp = createSocket('udp4', heard('udp')).bind(0, '127.0.0.1');
  const tcp = createServer((socket) => {
    reached.push('tcp');
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await Promise.all([once(udp, 'listening'), once(tcp, 'listening')]);
  const ports = { udp: udp.address().port, tcp: Address.parse(tcp.address()).port };
  const arrived = async (): Promise<string[]> => {
    const all = [once(udp, 'message'), once(tcp, 'connection')];
    udp.send(LAST, ports.udp, '127.0.0.1');
    connect(ports.tcp, '127.0.0.1').on('error', () => undefined);
    await Promise.all(all);
    udp.close();
    tcp.close();
    return reached.sort();
  };
  return { ports, arrived };
};

test('no connection of WebRTC leaves, by UDP or by TCP, and no name is looked up', async () => {
  const { app, page } = pipeline;
  const { ports, arrived } = await listenForBoth();
  await page.evaluate(async ({ udp, tcp }) => {
    const iceServers = ['127.0.0.1', 'localhost'].flatMap((host) => [
      { urls: `stun:${host}:${udp}` },
      { urls: `turn:${host}:${udp}?transport=udp`, username: 'u', credential: 'c' },
      { urls: `turn:${host}:${tcp}?transport=tcp`, username: 'u', credential: 'c' },
    ]);
    const peer = new RTCPeerConnection({ iceServers });
    peer.createDataChannel('out');
    const gathered = new Promise<void>((resolve) => {
      peer.addEventListener('icegatheringstatechange', () => {
        if (peer.iceGatheringState === 'complete') resolve();
      });
    });
    await peer.setLocalDescription(await peer.createOffer());
    await gathered;
    peer.close();
  }, ports);
  expect(await arrived()).toEqual([LAST, 'tcp']);
  const looked = await app.evaluate(({ session }) =>
    session.defaultSession.resolveHost('localhost').then(
      () => 'found',
      (thrown: unknown) => String(thrown),
    ),
  );
  expect(looked).toContain('ERR_NAME_NOT_RESOLVED');
});

test('nothing leaves: navigation, new windows and requests are denied, and each is counted', async () => {
  const { app, page } = pipeline;
  const counted = async () => (await call(page, { name: 'system.network' }, NetworkState)).last;
  const before = (await counted()).length;
  const fetched = await page.evaluate(async () => {
    const one = () => fetch('http://127.0.0.1:9/fetched').then(String, () => 'denied');
    return [await one(), await one()];
  });
  expect(fetched).toEqual(['denied', 'denied']);
  await page.evaluate(
    () =>
      new Promise((resolve) => {
        const image = new Image();
        image.onerror = resolve;
        image.src = 'https://example.com/image.png';
      }),
  );
  expect(await page.evaluate(() => window.open('https://example.com/opened') === null)).toBe(true);
  expect(app.windows()).toHaveLength(1);
  // What the page's policy lets pass meets the session's guard.
  const answer = await app.evaluate(({ session }) =>
    session.defaultSession.fetch('https://example.com/session').then(
      () => 'answered',
      (thrown: unknown) => String(thrown),
    ),
  );
  expect(answer).toContain('ERR_BLOCKED_BY_CLIENT');
  await page.evaluate(() => {
    document.dispatchEvent(
      new SecurityPolicyViolationEvent('securitypolicyviolation', {
        blockedURI: 'https://example.com/forged',
        bubbles: true,
        documentURI: '',
        violatedDirective: '',
        effectiveDirective: '',
        originalPolicy: '',
        disposition: 'enforce',
        statusCode: 0,
      }),
    );
    const script = document.createElement('script');
    script.textContent = 'void 0';
    document.head.append(script);
  });
  await expect
    .poll(async () => (await counted()).slice(before).map(({ source, target }) => `${source} ${target}`))
    .toEqual([
      'window http://127.0.0.1:9/fetched',
      'window http://127.0.0.1:9/fetched',
      'window https://example.com/image.png',
      'window https://example.com/opened',
      'window https://example.com/session',
    ]);
  await expect(page.getByRole('contentinfo')).toContainText(/network: [5-9] requests/);
});

test('what is not there has the policy too, and tells nothing of this machine', async () => {
  const { app } = pipeline;
  for (const path of ['nothing.html', 'nothing', '%ff', '..%2f..%2fpackage.json', 'assets/../../main.js']) {
    const { status, policy, text } = await app.evaluate(async ({ session }, url) => {
      const answer = await session.defaultSession.fetch(url);
      return {
        status: answer.status,
        policy: answer.headers.get('content-security-policy'),
        text: await answer.text(),
      };
    }, `app://pipeline/${path}`);
    expect([path, status, text]).toEqual([path, 404, 'Not found']);
    expect(policy).toContain("default-src 'none'");
  }
});

// Last: Playwright goes on waiting for a navigation that was denied, so only the main process is asked.
for (const target of [
  'https://example.com/',
  'app://pipeline/nothing.html',
  'app://pipeline/',
  'app://other/index.html',
]) {
  test(`a navigation to ${target} is denied and counted`, async () => {
    const stays = await pipeline.app.evaluate(async ({ BrowserWindow }, target) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      if (!contents) return 'no window';
      const denied = new Promise<string>((resolve) =>
        contents.once('will-navigate', (event) => resolve(event.defaultPrevented ? 'denied' : 'allowed')),
      );
      void contents.executeJavaScript(`location.href = '${target}'`);
      const state: unknown = await denied.then(() =>
        contents.executeJavaScript(
          "window.api.call('system.network').then(({ value }) => value.last.at(-1).target)",
        ),
      );
      return { denied: await denied, at: contents.getURL().replace(/#.*/, ''), counted: state };
    }, target);
    expect(stays).toEqual({ denied: 'denied', at: 'app://pipeline/index.html', counted: target });
  });
}
