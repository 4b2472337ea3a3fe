import { z } from 'zod';
import { formatBytes, formatCount, formatDuration, formatMemory } from '../../../src/lib/messages/format';
import { cutWords } from '../../../src/lib/messages/cut';
import { mixtureLeakWords } from '../../../src/lib/messages/mixture-leaks';
import { misfitOf } from '../../../src/lib/messages/misfit';
import { refusedRecordsOf } from '../../../src/lib/messages/refused-run';
import type { Band, Estimate } from '../../../src/lib/types/estimate';
import type { Registry } from '../command';
import { EXIT } from '../exit-codes';
import type { Output } from '../output/output';
import { leaksOf, type Leaks } from '../run/mixture-leaks';
import { settleOrphans } from '../run/orphans';
import { RUN_FLAGS, RunOptions, runOf } from '../run/run-options';
import { settingHelp } from '../run/setting-help';

const bandOf = ({ low, expected, high }: Band, format: (value: number) => string): string =>
  `≈ ${format(expected)} (${format(low)} – ${format(high)})`;

const UNKNOWN = { low: null, expected: null, high: null };
const UNITS = { memory: 'bytes', time: 'ms', disk: 'bytes', energy: 'kWh' };

/** The four figures always have the same form, also where one is not known. */
const documentOf = ({ memory_bytes, time_ms, disk_bytes, energy_kwh, ...rest }: Estimate) => ({
  memory: memory_bytes,
  time: time_ms ?? UNKNOWN,
  disk: disk_bytes,
  energy: energy_kwh ?? UNKNOWN,
  units: UNITS,
  ...rest,
});

const tellFit = (output: Output, estimate: Estimate): void => {
  const misfit = misfitOf(estimate);
  if (misfit) {
    output.line(`It does not fit. ${misfit.message}`, 'red');
    output.line(misfit.hint);
  } else if (estimate.fits === 'tight') output.line('It may just fit.', 'yellow');
  else output.line('It fits.', 'green');
};

const tellEstimate = (output: Output, estimate: Estimate): void => {
  output.pairs([
    [
      'memory',
      `${bandOf(estimate.memory_bytes, formatMemory)}; ${formatMemory(estimate.memory_free_bytes)} free of ${formatMemory(estimate.memory_total_bytes)}`,
    ],
    ['', estimate.memory_method],
    ['time', estimate.time_ms === null ? 'not known' : bandOf(estimate.time_ms, formatDuration)],
    ['', estimate.time_method],
    ['disk', `${bandOf(estimate.disk_bytes, formatBytes)}; ${formatBytes(estimate.disk_free_bytes)} free`],
    [
      'energy',
      estimate.energy_kwh === null
        ? 'not known'
        : bandOf(estimate.energy_kwh, (kwh) => `${kwh.toFixed(2)} kWh`),
    ],
    ['steps', `${formatCount(estimate.total_steps)} (${formatCount(estimate.steps_per_epoch)} an epoch)`],
    [
      'records',
      `${formatCount(estimate.train_records)} to train, ${formatCount(estimate.held_out_records)} held out`,
    ],
    [
      'trainable',
      `${formatCount(estimate.trainable_parameters)} of ${formatCount(estimate.total_parameters)} parameters`,
    ],
  ]);
  output.line('Memory is told in GB of 2³⁰ bytes, disk in GB of 10⁹.', 'dim');
  const refusal = refusedRecordsOf(estimate);
  if (refusal) output.line(`${refusal.message} ${refusal.hint}`, 'red');
  else if (estimate.cut) output.line(`${cutWords(estimate.cut)}.`, 'yellow');
  tellFit(output, estimate);
};

const tellLeaks = (output: Output, { mixture_leaks }: Leaks): void => {
  if (mixture_leaks !== undefined) output.line(`${mixtureLeakWords(mixture_leaks)}.`);
};

export const addEstimate = ({ program, add }: Registry): void =>
  add(program, {
    usage: 'estimate',
    about: 'memory, time and disk that a run would take, and what would make it fit',
    flags: [...RUN_FLAGS, ['--probe', 'measure the memory first, by two steps at the longest row']],
    more: settingHelp,
    options: RunOptions.extend({ probe: z.boolean().optional() }),
    run: async (work) => {
      const { request, name } = await runOf(work, work.options);
      if (work.options.probe === true) {
        await settleOrphans(work);
        work.output.liveLine('Training two steps at the longest row …');
        await work.app.services.jobs.memoryProbe.run({ ...request, name });
        work.output.endLive();
      }
      const estimate = await work.app.services.estimates.estimate(request);
      const leaks = await leaksOf(work, request);
      if (work.output.json) work.output.document({ ...documentOf(estimate), ...leaks });
      else {
        tellEstimate(work.output, estimate);
        tellLeaks(work.output, leaks);
      }
      return EXIT.done;
    },
  });
