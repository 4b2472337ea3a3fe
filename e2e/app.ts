import type { Page } from '@playwright/test';
import { z } from 'zod';
import { TrainingJob } from '../src/lib/types/lora-training';

const Reply = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({
    ok: z.literal(false),
    error: z.object({ code: z.string(), message: z.string(), hint: z.string() }),
  }),
]);
type Reply = z.infer<typeof Reply>;

interface Request {
  readonly name: string;
  readonly input?: unknown;
}

/** A request of the window's own bridge, with whatever it answers. */
export const request = async (page: Page, { name, input }: Request): Promise<Reply> =>
  Reply.parse(
    await page.evaluate(([called, given]) => window.api.call(called, given), [name, input] as const),
  );

/** The same where only success will do, checked by a schema. */
export const call = async <Schema extends z.ZodType>(
  page: Page,
  asked: Request,
  schema: Schema,
): Promise<z.output<Schema>> => {
  const reply = await request(page, asked);
  if (!reply.ok) throw new Error(`${asked.name}: ${reply.error.message} ${reply.error.hint}`);
  return schema.parse(reply.value);
};

export const jobOf = (page: Page, id: string): Promise<TrainingJob> =>
  call(page, { name: 'jobs.get', input: { id } }, TrainingJob);

export const show = (page: Page, path: string): Promise<void> =>
  page.evaluate((target) => {
    location.hash = `#${target}`;
  }, path);

/** Resolves once the condition holds for what `news` of this name and the start say. */
export const whenJob = async (
  page: Page,
  id: string,
  statuses: readonly TrainingJob['status'][],
): Promise<TrainingJob> => {
  await page.evaluate(
    ([jobId, wanted]) =>
      new Promise<void>((resolve) => {
        const statusOf = (job: unknown): string =>
          String(Reflect.get(Object(job), 'id')) === jobId ? String(Reflect.get(Object(job), 'status')) : '';
        const off = window.api.on('jobs.changed', (job) => {
          if (!wanted.some((status) => status === statusOf(job))) return;
          off();
          resolve();
        });
        void window.api.call('jobs.get', { id: jobId }).then((reply) => {
          if (reply.ok && wanted.some((status) => status === statusOf(reply.value))) {
            off();
            resolve();
          }
        });
      }),
    [id, statuses] as const,
  );
  return jobOf(page, id);
};
