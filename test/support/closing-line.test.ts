import { expect, test } from 'vitest';
import { closingLine, countResults } from './closing-line.ts';

const report = (more: object = {}) => ({
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [],
  ...more,
});

test('the line is plain, and names what was skipped only where something was', () => {
  expect(closingLine({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
  expect(closingLine({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped');
});

test('a good report is counted as it is', () => {
  expect(countResults(report({ numPendingTests: 1, numTodoTests: 1 }), 0)).toEqual({ passed: 3, failed: 0, skipped: 2 });
});

test('a file that did not load counts as a failure, one whose tests failed not twice', () => {
  const testResults = [
    { status: 'failed', assertionResults: [] },
    { status: 'failed', assertionResults: [{ status: 'failed' }] },
    { status: 'passed', assertionResults: [{ status: 'passed' }] },
  ];
  expect(countResults(report({ numFailedTests: 1, testResults }), 1)).toEqual({ passed: 3, failed: 2, skipped: 0 });
});

test('a run that failed outside any test has failed', () => {
  expect(countResults(report(), 1)).toEqual({ passed: 3, failed: 1, skipped: 0 });
});

test.each([null, {}, 'nonsense'])('no report at all, %j, is a failure', (nothing) => {
  expect(countResults(nothing, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});
