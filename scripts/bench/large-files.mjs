import { once } from 'node:events';
import { createWriteStream, statSync } from 'node:fs';
import { join } from 'node:path';

const TEXT = 'A sentence of middling length, as they stand in most instructions. ';
const ANSWER_SENTENCES = 12;

const WRITERS = {
  jsonl: { head: '', row: (row) => `${JSON.stringify(row)}\n`, tail: '' },
  json: { head: '[', row: (row, index) => `${index === 0 ? '' : ',\n'}${JSON.stringify(row)}`, tail: ']' },
  csv: {
    head: 'question,answer\n',
    row: ({ question, answer }) => `"${question}","${answer}"\n`,
    tail: '',
  },
};

/** A file of questions and answers, all different, of about so many bytes; answers its path and size. */
export async function writeLargeFile(dir, container, sizeBytes) {
  const { head, row, tail } = WRITERS[container];
  const path = join(dir, `large.${container}`);
  const file = createWriteStream(path);
  file.write(head);
  for (let index = 0, written = 0; written < sizeBytes; index += 1) {
    const text = row(
      {
        question: `Question ${index}: ${TEXT}`,
        answer: `${TEXT.repeat(1 + (index % ANSWER_SENTENCES))}${index}`,
      },
      index,
    );
    written += text.length;
    if (!file.write(text)) await once(file, 'drain');
  }
  file.end(tail);
  await once(file, 'finish');
  return { path, sizeBytes: statSync(path).size };
}
