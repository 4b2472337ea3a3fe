/** The beginning of a text as a text of its own: a slice would keep all of it in memory. */
export function ownBeginning(text: string, characters: number): string {
  const cut = text.slice(0, characters).replace(/[\ud800-\udbff]$/, '');
  return Buffer.from(cut, 'utf8').toString('utf8');
}
