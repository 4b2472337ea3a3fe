import { readFile } from 'node:fs/promises';

/** As the trainer's `hardware.py` has them. */
const FLAGS: ReadonlySet<string> = new Set(['avx512_bf16', 'amx_bf16']);

/** Whether a processor multiplies in bf16 by itself, from what Linux says of it. */
export const hasNativeBf16 = (cpuinfo: string): boolean => {
  const [, flags = ''] = /^flags[^:\n]*:(.*)$/m.exec(cpuinfo) ?? [];
  return flags.split(/\s+/).some((flag) => FLAGS.has(flag));
};

/** The same of this one; false where the system does not tell. */
export const nativeBf16 = async (): Promise<boolean> =>
  hasNativeBf16(await readFile('/proc/cpuinfo', 'utf8').catch(() => ''));
