import { expect, it } from 'vitest';
import { hasNativeBf16 } from './native-bf16';

const cpuinfo = (flags: string) =>
  `processor\t: 0\nmodel name\t: A Processor avx512_bf16\nflags\t\t: ${flags}\nbugs\t\t: none\n`;

it.each(['fpu avx512f avx512_bf16 sse', 'amx_bf16', 'fpu amx_tile amx_bf16'])('finds it in %s', (flags) =>
  expect(hasNativeBf16(cpuinfo(flags))).toBe(true),
);

it.each(['fpu avx512f avx2', 'avx512_bf16x', ''])('does not find it in “%s”', (flags) =>
  expect(hasNativeBf16(cpuinfo(flags))).toBe(false),
);

it('knows nothing where the system does not tell', () => expect(hasNativeBf16('')).toBe(false));
