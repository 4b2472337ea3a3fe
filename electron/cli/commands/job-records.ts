import type { Command } from 'commander';
import { z } from 'zod';
import { type LogLine, MetricsPoint } from '../../../src/lib/types/job-records';
import { parseEvent } from '../../services/metrics/event-file';
import { followLines } from '../../services/metrics/event-tail';
import { type Invocation, NoOptions, operand, type Registry } from '../command';
import { EXIT } from '../exit-codes';
import { findJob } from '../find';
import type { CliServices } from '../io';
import { writeCsv } from '../output/csv-file';
import { lossChart } from '../output/loss-chart';
import type { Output } from '../output/output';
import type { Column } from '../output/table';
import { watch } from '../run/orphans';
import { summariseEvent } from '../run/summarise-event';

const PAGE = 500;
const fixed = (value: number | null, digits: number): string =>
  value === null ? '–' : value.toFixed(digits);

const COLUMNS: readonly Column<MetricsPoint>[] = [
  { title: 'STEP', align: 'right', text: ({ step }) => String(step) },
  {
    title: 'LOSS',
    align: 'right',
    text: ({ training_loss, non_finite }) => non_finite ?? fixed(training_loss, 4),
  },
  { title: 'HELD OUT', align: 'right', text: ({ validation_loss }) => fixed(validation_loss, 4) },
  { title: 'RATE', align: 'right', text: ({ learning_rate }) => learning_rate.toExponential(2) },
  { title: 'GRADIENT', align: 'right', text: ({ gradient_norm }) => fixed(gradient_norm, 3) },
  { title: 'TOKENS/S', align: 'right', text: ({ throughput }) => fixed(throughput, 0) },
];

const addMetrics = (group: Command, { add }: Registry): void =>
  add(group, {
    usage: 'metrics <run>',
    about: 'the figures of every step',
    flags: [['--csv <file>', 'write them to a CSV file; - for standard output']],
    options: z.object({ csv: z.string().optional() }),
    run: async ({ app, output, args, options }) => {
      const { id } = await findJob(app.services, operand(args));
      const points = await app.services.jobs.metrics(id);
      if (options.csv !== undefined)
        await writeCsv(output, options.csv, { columns: MetricsPoint.keyof().options, rows: points });
      else if (output.json) output.document(points);
      else {
        output.table(COLUMNS, points);
        for (const line of lossChart(points)) output.line(line);
      }
      return EXIT.done;
    },
  });

const tellEvent = (output: Output, line: string): void => {
  if (output.json) {
    output.raw(line);
    return;
  }
  const event = parseEvent(line);
  if (event && event.event !== 'heartbeat')
    output.line(`${event.time}  ${event.event}  ${summariseEvent(event)}`);
};

const showEvents = async (work: Invocation<{ follow?: boolean | undefined }>): Promise<number> => {
  const { app, output, args, options } = work;
  const { id } = await findJob(app.services, operand(args));
  const runDir = app.services.jobs.runDir(id);
  if (options.follow === true) {
    const isStillAtWork = watch(work, id);
    for await (const line of followLines(runDir, async () => !(await isStillAtWork())))
      tellEvent(output, line);
    return EXIT.done;
  }
  const lines: unknown[] = [];
  for await (const line of followLines(runDir, () => Promise.resolve(true))) {
    if (output.json) lines.push(JSON.parse(line));
    else tellEvent(output, line);
  }
  if (output.json) output.document(lines);
  return EXIT.done;
};

const allLogs = async ({ jobs }: CliServices, id: string): Promise<LogLine[]> => {
  const found: LogLine[] = [];
  for (;;) {
    const { total, lines } = await jobs.logs({ id, offset: found.length, limit: PAGE });
    found.push(...lines);
    if (lines.length === 0 || found.length >= total) return found;
  }
};

export const addJobRecords = (group: Command, registry: Registry): void => {
  const { add } = registry;
  addMetrics(group, registry);
  add(group, {
    usage: 'events <run>',
    about: "the trainer's own words, one event a line",
    flags: [['--follow', 'go on until the run rests']],
    options: z.object({ follow: z.boolean().optional() }),
    run: showEvents,
  });
  add(group, {
    usage: 'logs <run>',
    about: "what the trainer's libraries have printed",
    options: NoOptions,
    run: async ({ app, output, args }) => {
      const { id } = await findJob(app.services, operand(args));
      const lines = await allLogs(app.services, id);
      if (output.json) output.document(lines);
      for (const { text } of lines) output.line(text);
      if (lines.length === 0)
        output.note('The trainer has written nothing; it speaks when something is odd.');
      return EXIT.done;
    },
  });
};
