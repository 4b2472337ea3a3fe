import { describe, expect, it } from 'vitest';
import { useBench } from './bench-setup';
import { chat, jsonl } from './testing';

const bench = useBench();
const { messages } = chat('q', 'a');
const [user, assistant] = messages;
const conversations = [
  { from: 'human', value: '<image>\nWhat is it?' },
  { from: 'gpt', value: 'A cat.' },
];

describe('Q6 media', () => {
  it.each([
    [{ conversations, image: '000.jpg' }, '/image'],
    [{ conversations, video: 'a.mp4' }, '/video'],
    [{ messages, images: ['a.png'] }, '/images'],
    [{ messages, audios: ['x'] }, '/audios'],
    [{ messages, audio: { path: 'x', bytes: null } }, '/audio'],
    [{ messages: [{ ...user, images: ['i.png'] }, assistant] }, '/messages/0/images'],
    [{ messages: [user, { ...assistant, audio: { id: 'a' } }] }, '/messages/1/audio'],
    [{ turns: [{ ...user, image: 'i.png' }, assistant] }, '/turns/0/image'],
    [{ instruction: '<image>what', output: 'cat', image: 'a.png' }, '/image'],
    [{ prompt: 'q', completion: 'a', images: ['a.png'] }, '/images'],
    [{ prompt: 'q', chosen: 'a', rejected: 'b', images: [{ bytes: 'x' }] }, '/images'],
    [{ prompt: 'q', completion: 'a', label: true, video: 7 }, '/video'],
    [{ text: 'a caption', image: 'a.png' }, '/image'],
  ])('refuses %j', async (record, path) => {
    const { report, problems } = await bench().import(jsonl(record));
    expect(report.usable_records).toBe(0);
    expect(problems).toEqual([
      expect.objectContaining({ line: 1, path, type: 'unsupported_content', severity: 'error' }),
    ]);
  });

  it.each([
    { messages, images: [] },
    { messages, images: [null, ' '], image: '', video: null, audio: { path: null } },
    { messages, audio: false },
    { messages, images: 0, image: 'none', audio: 'None', video: 'null', videos: [0, 'null'] },
  ])('takes fields that hold none as not there: %j', async (record) => {
    expect((await bench().import(jsonl(record))).report.usable_records).toBe(1);
  });
});
