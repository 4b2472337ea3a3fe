import { existsSync, readFileSync } from 'node:fs';

export function readVitest(file) {
  if (!existsSync(file)) return null;
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
    readFileSync(file, 'utf8'),
  );
  return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests };
}

export function readPlaywright(file) {
  if (!existsSync(file)) return null;
  const { stats } = JSON.parse(readFileSync(file, 'utf8'));
  // A flaky test passed on another try: it counts, and the runner has named it.
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped };
}

export function readJunit(file) {
  if (!existsSync(file)) return null;
  const suites = [...readFileSync(file, 'utf8').matchAll(/<testsuite\s([^>]*)>/g)].map(
    ([, attributes]) => attributes,
  );
  const sum = (name) => suites.reduce((total, attributes) => total + numberOf(name, attributes), 0);
  const failed = sum('failures') + sum('errors');
  const skipped = sum('skipped');
  return { passed: sum('tests') - failed - skipped, failed, skipped };
}

const numberOf = (name, attributes) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(attributes)?.[1] ?? 0);
