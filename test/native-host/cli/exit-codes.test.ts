import { expect, test } from 'vitest';
import { exitOf } from '../../../native-host/cli/exit-codes.ts';

test('an error code decides the exit code', () => {
  expect(exitOf('agent_down')).toBe(3);
  expect(exitOf('cloud_away')).toBe(3);
  expect(exitOf('not_paired')).toBe(4);
  expect(exitOf('label_refused')).toBe(5);
  expect(exitOf('approval_denied')).toBe(5);
  expect(exitOf('internal')).toBe(1);
  expect(exitOf('grant_not_found')).toBe(1);
});
