/** Letters that make a decoding plausible, by the encodings that real files came in. */
const CANDIDATES = [
  { label: 'gb18030', name: 'GB18030', letters: /[\u4e00-\u9fff\u3000-\u303f\uff00-\uffef]/gu },
  { label: 'shift_jis', name: 'Shift_JIS', letters: /[\u3040-\u30ff]/gu },
  { label: 'euc-kr', name: 'EUC-KR', letters: /[\uac00-\ud7af]/gu },
  { label: 'windows-1251', name: 'Windows-1251', letters: /[\u0410-\u044f\u0401\u0451]/gu },
] as const;

const SAMPLE_BYTES = 64 * 1024;
const PLAUSIBLE_SHARE = 0.7;

/** The likely encoding of bytes that are no UTF-8. A guess, and told as one. */
export function guessEncoding(bytes: Buffer): string {
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  if (sample.filter((byte) => byte === 0).length > sample.length / 4)
    return 'UTF-16 without a byte order mark';
  if (mostlyStandAlone(sample)) return 'Windows-1252';
  const ranked = CANDIDATES.map((candidate) => ({
    name: candidate.name,
    share: plausibleShare(sample, candidate),
  }))
    .filter(({ share }) => share >= PLAUSIBLE_SHARE)
    .sort((left, right) => right.share - left.share);
  return ranked[0]?.name ?? 'Windows-1252';
}

export type WideEncoding = 'utf-16le' | 'utf-16be' | 'utf-32';

/** Which of four bytes are zeros in most places, are not, or may be either. */
const WIDE = [
  { name: 'utf-32', zeros: [false, null, true, true] },
  { name: 'utf-32', zeros: [true, true, null, false] },
  { name: 'utf-16le', zeros: [false, true, false, true] },
  { name: 'utf-16be', zeros: [true, false, true, false] },
] as const;
const MOSTLY = 0.7;

/** Of a text of mostly plain characters: the zeros beside them stand always in the same places. */
export function wideEncoding(bytes: Buffer): WideEncoding | null {
  const places = [0, 1, 2, 3].map((place) => bytes.filter((_, index) => index % 4 === place));
  const shares = places.map((found) => found.filter((byte) => byte === 0).length / Math.max(1, found.length));
  const fits = (share: number, zero: boolean | null | undefined) =>
    zero === true ? share >= MOSTLY : zero !== false || share < 1 - MOSTLY;
  return WIDE.find(({ zeros }) => shares.every((share, place) => fits(share, zeros[place])))?.name ?? null;
}

/** Umlauts and accents of western texts stand among plain letters; all other scripts fill whole words. */
function mostlyStandAlone(sample: Buffer): boolean {
  const isHigh = (index: number) => (sample[index] ?? 0) >= 0x80;
  let high = 0;
  let alone = 0;
  for (let index = 0; index < sample.length; index += 1) {
    if (!isHigh(index)) continue;
    high += 1;
    if (!isHigh(index - 1) && !isHigh(index + 1)) alone += 1;
  }
  return alone * 2 > high;
}

function plausibleShare(sample: Buffer, { label, letters }: (typeof CANDIDATES)[number]): number {
  const text = new TextDecoder(label).decode(sample);
  const foreign = text.match(/[^\u0000-\u007f]/gu) ?? [];
  const plausible = (text.match(letters) ?? []).length;
  return foreign.length === 0 ? 0 : plausible / foreign.length;
}
