import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { toErrorPayload } from '../../src/lib/messages/app-error';
import { DatabaseSession } from './session';
import { OPENING, UNASKED } from './worker-answers';

const Options = z.object({
  path: z.string(),
  migrationsDir: z.string(),
  backupsDir: z.string(),
  nativeBinding: z.string().optional(),
});
const Message = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('call'),
    id: z.number(),
    request: z.object({
      user_id: z.string(),
      repository: z.string(),
      method: z.string(),
      args: z.array(z.unknown()),
    }),
  }),
  z.object({ kind: z.enum(['profile', 'data_version', 'close']), id: z.number() }),
]);
type Message = z.infer<typeof Message>;

const answer = (session: DatabaseSession, message: Message): unknown => {
  switch (message.kind) {
    case 'call':
      return session.run(message.request);
    case 'profile':
      return session.profile();
    case 'data_version':
      return session.dataVersion();
    case 'close':
      session.close();
      return null;
  }
};

const HOUR_MS = 60 * 60 * 1000;

/** Without a copy the work goes on, but somebody has to hear of it. */
const backUp = (session: DatabaseSession, port: NonNullable<typeof parentPort>): void => {
  try {
    session.backUpIfDue();
  } catch (thrown) {
    port.postMessage({ id: UNASKED, ok: false, error: toErrorPayload(thrown) });
  }
};

const serve = (port: NonNullable<typeof parentPort>): void => {
  const session = new DatabaseSession(Options.parse(workerData));
  port.on('message', (raw: unknown) => {
    const message = Message.parse(raw);
    if (message.kind === 'close') backUp(session, port);
    try {
      port.postMessage({ id: message.id, ok: true, value: answer(session, message) });
    } catch (thrown) {
      port.postMessage({ id: message.id, ok: false, error: toErrorPayload(thrown) });
    }
    if (message.kind === 'close') port.close();
  });
  setInterval(() => backUp(session, port), HOUR_MS).unref();
  port.postMessage({ id: OPENING, ok: true, value: session.notice });
};

if (parentPort) {
  try {
    serve(parentPort);
  } catch (thrown) {
    parentPort.postMessage({ id: 0, ok: false, error: toErrorPayload(thrown) });
    parentPort.close();
  }
}
