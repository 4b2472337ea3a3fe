import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { scratchFolder } from '../../setup/testing/scratch-folder.mjs';
import { chooseStages } from './choose-stages.mjs';
import { readJunit, readPlaywright, readVitest } from './reports.mjs';
import { countTests, runStage, runStages } from './run-stage.mjs';
import { summarize } from './summary.mjs';

function report(name, content) {
  const file = join(scratchFolder(), name);
  writeFileSync(file, content);
  return file;
}

test('reads the counts of each runner from its machine report', () => {
  const vitest = { numPassedTests: 5, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1 };
  const playwright = { stats: { expected: 4, unexpected: 2, flaky: 1, skipped: 3 } };
  const junit =
    '<testsuites><testsuite name="pytest" errors="1" failures="2" skipped="3" tests="10" time="1"/></testsuites>';
  expect(readVitest(report('v.json', JSON.stringify(vitest)))).toEqual({ passed: 5, failed: 1, skipped: 3 });
  expect(readPlaywright(report('p.json', JSON.stringify(playwright)))).toEqual({
    passed: 5,
    failed: 2,
    skipped: 3,
  });
  expect(readJunit(report('j.xml', junit))).toEqual({ passed: 4, failed: 3, skipped: 3 });
});

test('a stage fails when it ran no test, left no report or ended badly', () => {
  const none = { passed: 0, failed: 0, skipped: 4 };
  const good = { passed: 3, failed: 0, skipped: 0 };
  expect(countTests([true], () => none).failed).toBe(1);
  expect(countTests([true], () => null).failed).toBe(1);
  expect(countTests([false], () => good)).toEqual({ ...good, failed: 1 });
  expect(countTests([true], () => good)).toEqual(good);
  expect(countTests([true, false], undefined)).toEqual({ passed: 1, failed: 1, skipped: 0 });
});

test('a runner that cannot be started is a failure', async () => {
  const commands = [{ command: join(scratchFolder(), 'absent'), args: [] }];
  expect(await runStage({ name: 'unit', commands })).toMatchObject({ passed: 0, failed: 1 });
});

test('a stage runs beside the next ones until one runs alone, and is heard in one piece', async () => {
  const folder = scratchFolder();
  const [first, second] = ['first', 'second'].map((name) => join(folder, name));
  const sh = (script) => ({ command: 'sh', args: ['-c', script] });
  const waitFor = (file) => `timeout 20 sh -c 'until [ -e "${file}" ]; do sleep 0.02; done'`;
  const said = [];
  const stages = [
    { name: 'check', beside: true, commands: [sh(`touch "${first}"; ${waitFor(second)} && echo checked`)] },
    { name: 'unit', commands: [sh(waitFor(first))] },
    { name: 'trainer', commands: [sh(`touch "${second}"`)] },
    { name: 'e2e', alone: true, commands: [sh('true')] },
  ];
  const results = await runStages(stages, (text) => said.push(String(text)));
  expect(results.map(({ name, passed, failed }) => [name, passed, failed])).toEqual([
    ['unit', 1, 0],
    ['trainer', 1, 0],
    ['check', 1, 0],
    ['e2e', 1, 0],
  ]);
  const heads = ['unit', 'trainer', 'check', 'e2e'].map((name) => `\n── ${name} ──\n`);
  expect(said.join('')).toBe([heads[0], heads[1], heads[2], 'checked\n', heads[3]].join(''));
});

test('a stage that would run beside others runs where there is none', async () => {
  const stage = { name: 'check', beside: true, commands: [{ command: 'true', args: [] }] };
  const said = [];
  expect(await runStages([stage], (text) => said.push(text))).toMatchObject([{ passed: 1 }]);
  expect(said.join('')).toBe('\n── check ──\n');
});

test('closes with one line of the sum', () => {
  const stage = { name: 'unit', skipped: 1, elapsedMs: 1500 };
  const { text, hasFailed } = summarize([
    { ...stage, passed: 7, failed: 0 },
    { ...stage, passed: 5, failed: 2 },
  ]);
  expect(text.split('\n').filter((line) => /^\d+ passed, \d+ failed$/.test(line))).toEqual([
    '12 passed, 2 failed',
  ]);
  expect(hasFailed).toBe(true);
});

test('picks stages by name and hands the rest to their runner', () => {
  const stages = ['check', 'unit'].map((name) => ({ name, commands: [{ command: name, args: ['run'] }] }));
  expect(chooseStages(stages, []).stages).toEqual(stages);
  expect(chooseStages(stages, ['--only', 'unit', 'a.test.ts']).stages[0].commands[0].args).toEqual([
    'run',
    'a.test.ts',
  ]);
  expect(chooseStages(stages, ['--only=check,unit']).stages).toHaveLength(2);
  expect(chooseStages(stages, ['--only', 'tests']).usage).toContain('check|unit');
  expect(chooseStages(stages, ['--fast']).usage).toContain('--only');
});
