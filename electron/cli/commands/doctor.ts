import type { DoctorCheck } from '../../../src/lib/types/system';
import { NoOptions, type Registry } from '../command';
import { EXIT } from '../exit-codes';

const MARKS: Readonly<Record<DoctorCheck['level'], string>> = {
  passed: '✓',
  not_needed: '–',
  look: '!',
  failed: '✗',
};
const STYLES = { passed: 'green', not_needed: 'dim', look: 'yellow', failed: 'red' } as const;

export const addDoctor = ({ program, add }: Registry): void =>
  add(program, {
    usage: 'doctor',
    about: 'look at graphics card, driver, runtime, disk and bundled model',
    options: NoOptions,
    run: async ({ app, output }) => {
      const checks = await app.services.doctor.checks();
      const ok = checks.every((check) => check.ok);
      if (output.json) output.document({ ok, checks, hardware: await app.services.hardware.current() });
      for (const { level, title, message, hint } of checks) {
        output.line(`${MARKS[level]} ${title}: ${message}`, STYLES[level]);
        if (hint !== null) output.line(`    ${hint}`, 'dim');
      }
      return ok ? EXIT.done : EXIT.failed;
    },
  });
