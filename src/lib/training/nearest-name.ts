/** Steps of adding, taking away or changing a letter between two words. */
const distance = (left: string, right: string): number => {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (const [index, letter] of Array.from(left).entries()) {
    const next = [index + 1];
    for (let at = 1; at <= right.length; at += 1) {
      const changed = (row[at - 1] ?? 0) + (right[at - 1] === letter ? 0 : 1);
      next.push(Math.min(changed, (row[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
};

/** What a mistyped name stands for: a third of it may be wrong, or it is a part of one name alone. */
export const nearestName = (typed: string, names: readonly string[]): string | null => {
  const word = typed.toLowerCase().replaceAll('-', '_');
  const [nearest] = names
    .map((name) => ({ name, steps: distance(word, name) }))
    .sort((left, right) => left.steps - right.steps);
  if (nearest !== undefined && nearest.steps * 3 <= nearest.name.length) return nearest.name;
  const around = word.length < 3 ? [] : names.filter((name) => name.includes(word));
  return around.length === 1 ? (around[0] ?? null) : null;
};
