import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { z } from 'zod';
import { BaseModel } from '../src/lib/types/base-model';
import { Dataset, TrainingJob } from '../src/lib/types/lora-training';

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

interface Watched {
  /** The event that carries the row whenever it changes. */
  readonly event: string;
  /** The call that answers the row as it is. */
  readonly get: string;
  readonly id: string;
}

/** Resolves once the row has one of the statuses: by the event, or because it has it already. */
const whenStatus = (page: Page, watched: Watched, statuses: readonly string[]): Promise<void> =>
  page.evaluate(
    ([{ event, get, id }, wanted]) =>
      new Promise<void>((resolve) => {
        const look = (row: unknown): void => {
          const { id: found, status } = Object(row) as { readonly id?: unknown; readonly status?: unknown };
          if (found !== id || !wanted.includes(String(status))) return;
          off();
          resolve();
        };
        const off = window.api.on(event, look);
        void window.api.call(get, { id }).then((reply) => {
          if (reply.ok) look(reply.value);
        });
      }),
    [watched, statuses] as const,
  );

export const whenJob = async (
  page: Page,
  id: string,
  statuses: readonly TrainingJob['status'][],
): Promise<TrainingJob> => {
  await whenStatus(page, { event: 'jobs.changed', get: 'jobs.get', id }, statuses);
  return jobOf(page, id);
};

/** Resolves when nothing works on the job any more, however it ended. */
export const whenJobRests = (page: Page, id: string): Promise<TrainingJob> =>
  whenJob(page, id, ['completed', 'failed', 'cancelled', 'paused', 'interrupted']);

/** Imports a file as a drop on the window would, and waits for its records. */
export const importFile = async (page: Page, path: string): Promise<Dataset> => {
  const [dataset] = await call(
    page,
    { name: 'datasets.import', input: { paths: [path] } },
    z.tuple([Dataset]),
  );
  const { id } = dataset;
  await whenStatus(page, { event: 'datasets.changed', get: 'datasets.get', id }, ['ready', 'error']);
  return call(page, { name: 'datasets.get', input: { id } }, Dataset);
};

export const bundledModel = async (page: Page): Promise<BaseModel> => {
  const [model] = await call(page, { name: 'base_models.list' }, z.tuple([BaseModel]));
  return model;
};

/**
 * What axe finds on the page, an element each and why. Without motion: a button that is enabled while
 * axe looks would be judged by a colour between two, which is neither's.
 */
export const violations = async (page: Page): Promise<string[]> => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const found = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  await page.emulateMedia({ reducedMotion: null });
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, target, failureSummary }) =>
      [id, html, target.join(' '), failureSummary ?? ''].join(': '),
    ),
  );
};
