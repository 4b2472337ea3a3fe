import { expect, it } from 'vitest';
import { problemsCsv } from './problem-sheet';

it('makes no formula of what a file says', () => {
  const csv = problemsCsv([
    {
      line: 3,
      path: '/messages/0',
      record_id: '=HYPERLINK("http://a.b")',
      type: 'empty_value',
      severity: 'error',
      error: '+1, "quoted"',
      suggestion: null,
    },
  ]);
  expect(csv).toBe(
    [
      'line,path,record_id,type,severity,error,suggestion',
      '3,/messages/0,"\'=HYPERLINK(""http://a.b"")",empty_value,error,"\'+1, ""quoted""",',
      '',
    ].join('\r\n'),
  );
});

it('is marked as UTF-8 where it is not of ASCII alone, and holds nothing that a terminal obeys', () => {
  const problem = { line: 3, path: null, record_id: null, type: 'empty_value', severity: 'error' } as const;
  const csv = problemsCsv([{ ...problem, error: '“a” is empty: \u001b[31m', suggestion: null }]);
  expect(csv).toMatch(/^\ufeffline,/u);
  expect(csv).toContain('“a” is empty: ␛[31m');
});
