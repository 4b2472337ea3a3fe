import { afterEach, beforeEach, expect, it } from 'vitest';
import { jsonl, pair } from './import/testing';
import { ServiceBench } from './service-bench';

let bench: ServiceBench;
beforeEach(async () => {
  bench = await ServiceBench.create();
});
afterEach(() => bench.remove());

const membersOf = async (content: string) => {
  const service = await bench.service();
  const [outcome] = await service.import([await bench.file(content)]);
  const { encoding, archive, members } = await service.originals.metadata(outcome?.dataset.id ?? '');
  expect({ encoding, archive }).toEqual({ encoding: 'utf-8', archive: null });
  return members.map(({ name, text }) => `${name}: ${text}`);
};

it('tells what a document says of itself, in its own letters, and none of its records', async () => {
  const document = `{
    "training_file_metadata": {"file_name": "a", "n":  1.0},
    "consultant_profile": { "name": "Ü" },
    "training_conversations": [
      {"conversation_metadata": {"conversation_id": "c"}, "training_pairs": [${JSON.stringify(pair())}]}
    ],
    "note": "last"
  }`;
  expect(await membersOf(document)).toEqual([
    'training_file_metadata: {"file_name": "a", "n":  1.0}',
    'consultant_profile: { "name": "Ü" }',
    'note: "last"',
  ]);
});

it('tells the line of metadata before the records of lines', async () => {
  expect(await membersOf(`{"_meta": {"version": "4.0"}}\n${jsonl(pair(), pair({ id: 'two' }))}`)).toEqual([
    '_meta: {"version": "4.0"}',
  ]);
});

it('takes the fields of records for none', async () => {
  expect(await membersOf(jsonl(pair(), pair({ id: 'two' })))).toEqual([]);
  expect(await membersOf(jsonl(pair()))).toEqual([]);
});
