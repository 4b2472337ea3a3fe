import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const chat = (user: string, assistant: string) =>
  JSON.stringify({
    messages: [
      { role: 'user', content: user },
      { role: 'assistant', content: assistant },
    ],
  });
const LINES = Array.from({ length: 30 }, (_, index) =>
  chat(index % 10 === 4 ? `Question {{name}} ${index}?` : `Question ${index}? `, `Answer ${index}.`),
);

/** A file of thirty questions, three of them with a placeholder, and a line without messages. */
export const writeQuestions = async (folder: string): Promise<string> => {
  const path = join(folder, 'field reports.jsonl');
  await writeFile(path, [...LINES, '{"messages": []}'].join('\n'));
  return path;
};
