const LONGEST = 200;
/** ` (9999)` still fits behind it. */
const LONGEST_STEM = LONGEST - 7;

const split = (name: string): { readonly stem: string; readonly number: number } => {
  const found = /^(?<stem>.+) \((?<number>[1-9]\d{0,3})\)$/s.exec(name)?.groups;
  return { stem: cut(found?.['stem'] ?? name), number: Number(found?.['number'] ?? 1) };
};

/** Of a pair of code units both or none. */
const cut = (stem: string): string =>
  stem
    .slice(0, LONGEST_STEM)
    .replace(/[\uD800-\uDBFF]$/, '')
    .trimEnd();

/** The name itself where nobody has it; else a second of it is `Letters (2)`, and what follows that one `Letters (3)`. */
export const nextName = (name: string, taken: Iterable<string>): string => {
  const all = [...taken];
  if (!all.includes(name)) return name;
  const { stem } = split(name);
  const numbers = all
    .map((each) => split(each))
    .filter((each) => each.stem === stem)
    .map(({ number }) => number);
  return `${stem} (${String(Math.max(...numbers) + 1)})`;
};
