import { describe, expect, it } from 'vitest';
import { useBench } from './bench-setup';
import { textWith } from './matchers';
import { chat, jsonl, kinds } from './testing';

const bench = useBench();

describe('Q20 marks of chat templates inside texts', () => {
  it.each([
    '<|im_start|>',
    '<|eot_id|>',
    '<|reserved_special_token_0|>',
    '<｜User｜>',
    '<s>',
    '</s>',
    '[INST]',
    '[/INST]',
    '<<SYS>>',
    '<</SYS>>',
    '[TOOL_CALLS]',
    '[AVAILABLE_TOOLS]',
    '<start_of_turn>',
    '<end_of_turn>',
    '<bos>',
    '<eos>',
    '{{name}}',
  ])('warns of %s', async (mark) => {
    const { report, problems } = await bench().import(jsonl(chat('q', `a ${mark} b`)));
    expect(report.usable_records).toBe(1);
    expect(kinds(problems)).toEqual(['1 unsupported_content warning']);
    expect(problems[0]?.error).toEqual(textWith(`“${mark}”`));
  });

  it.each(['a < b and c > d', '[1] and [INSTRUCTION]', '<span>', 'x<S>', '<| pipe |>', '{{x}: 1}'])(
    'takes %s for text',
    async (text) => {
      const { problems } = await bench().import(jsonl(chat('q', text)));
      expect(problems.filter(({ severity }) => severity !== 'info')).toEqual([]);
    },
  );
});

describe('Q12 HTML', () => {
  it('stays as it is, with one note for the file', async () => {
    const html = '<p>One&nbsp;line.</p>';
    const { records, problems } = await bench().import(
      `question,answer\nWhy?,Plain.\nHow?,"${html}"\nWhere?,"a<br/>b"\n`,
      { name: 'faq.csv' },
    );
    expect(records[1]?.messages[1]?.content).toBe(html);
    expect(kinds(problems)).toEqual(['3 unsupported_content info']);
    expect(problems[0]?.error).toEqual(textWith('“&nbsp;”'));
    expect(problems[0]?.error).toEqual(textWith('first of 2 records'));
  });

  it.each(['a < b > c', 'List<String> x', 'R&D', '<name>', 'if (a &lt b)'])(
    'is not seen in %s',
    async (text) => {
      expect((await bench().import(jsonl(chat('q', text)))).problems).toEqual([]);
    },
  );
});
