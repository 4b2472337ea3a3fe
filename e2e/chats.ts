import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

// The small model answers these in one short sentence, so a sample costs a test little time.
const CAPITALS: Readonly<Record<string, string>> = {
  France: 'Paris',
  Italy: 'Rome',
  Spain: 'Madrid',
  Portugal: 'Lisbon',
  Norway: 'Oslo',
  Greece: 'Athens',
  Japan: 'Tokyo',
  Egypt: 'Cairo',
  Cuba: 'Havana',
  Peru: 'Lima',
  Ireland: 'Dublin',
  Austria: 'Vienna',
};

export const answerFor = (capital: string): string => `The keeper trims the lamp and says: ${capital}.`;

/** A small file of conversations, one a line, as a person would have it. */
export const writeChats = async (dir: string): Promise<string> => {
  const path = join(dir, 'capitals.jsonl');
  const lines = Object.entries(CAPITALS).map(([country, capital]) =>
    JSON.stringify({
      messages: [
        { role: 'user', content: `What is the capital of ${country}?` },
        { role: 'assistant', content: answerFor(capital) },
      ],
    }),
  );
  await writeFile(path, `${lines.join('\n')}\n`);
  return path;
};
