import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { Badge } from './badge';
import { DataTable } from './data-table';
import { FileText } from './file-text';
import { Page } from './layout';
import { MeasuredFacts } from './measured';
import { ErrorNote, ErrorState } from './states';

const HOSTILE = 'a\u001b[31m<b>\u202ex';
const SHOWN = 'a␛[31m&lt;b&gt;⟨U+202E⟩x';

const column = { key: 'name', head: 'Name', cell: (name: string) => name };

it.each([
  ['by itself', createElement(FileText, { children: HOSTILE })],
  ['as the title of a page', createElement(Page, { title: HOSTILE, children: null })],
  ['on a badge', createElement(Badge, { children: HOSTILE })],
  [
    'in a table',
    createElement(DataTable<string>, {
      label: 'All',
      columns: [column],
      rows: [HOSTILE],
      rowKey: () => 'row',
    }),
  ],
  ['beside a number', createElement(MeasuredFacts, { rows: [{ label: HOSTILE, value: 1, method: 'm' }] })],
  [
    'in an error',
    createElement(ErrorState, { title: 'No', error: { code: 'no', message: HOSTILE, hint: '' } }),
  ],
  ['in a note', createElement(ErrorNote, { error: { code: 'no', message: HOSTILE, hint: '' } })],
])('I01 shows what a file or a person wrote as text %s, apart from what is around it', (_, element) => {
  const html = renderToStaticMarkup(element);
  expect(html.replace(' </bdi>', '</bdi>')).toContain(`<bdi>${SHOWN}</bdi>`);
  expect(Array.from(html).filter((character) => '\u001b\u202e'.includes(character))).toEqual([]);
});
