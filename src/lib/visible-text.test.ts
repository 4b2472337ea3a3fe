import { expect, it } from 'vitest';
import { visibleText } from './visible-text';

it.each([
  ['a terminal escape', '\u001b[31mred', '␛[31mred'],
  ['NUL', 'a\0b', 'a␀b'],
  ['a turned direction', 'abc\u202egnp.exe', 'abc⟨U+202E⟩gnp.exe'],
  ['an isolate', '\u2067x\u2069', '⟨U+2067⟩x⟨U+2069⟩'],
  ['a lone carriage return', 'a\rb', 'a␍b'],
  ['line breaks and tabs, which stay', 'a\r\n\tb', 'a\n\tb'],
  ['HTML, which is text here', '<b>x</b>', '<b>x</b>'],
  ['other scripts, which stay', 'שלום 中文 é 🙂', 'שלום 中文 é 🙂'],
])('%s', (_, text, shown) => {
  expect(visibleText(text)).toBe(shown);
});
