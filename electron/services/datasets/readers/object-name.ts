const QUOTE = 0x22;

/** A name of an object as it stands in its document; null for what is none. */
export function nameOf(bytes: Buffer | null): string | null {
  if (bytes?.[0] !== QUOTE) return null;
  try {
    const name: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof name === 'string' ? name : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
