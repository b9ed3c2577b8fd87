import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createAgentLog, trimLog } from '../../../native-host/state/agent-log.ts';
import { HeadgateError } from '../../../shared/errors.ts';

const logged = (error: unknown): string => {
  const lines: string[] = [];
  createAgentLog((line) => void lines.push(line)).error(error, 'fs.create');
  return lines.join('');
};

test('an error is named by its code, without the message that may name a file', () => {
  const line = logged(new HeadgateError('disk_full', 'There is no room for secret.md.', { next: 'Free some space.' }));
  expect(JSON.parse(line)).toMatchObject({ level: 'error', where: 'fs.create', code: 'disk_full' });
  expect(line).not.toContain('secret');
});

test('a system error is named by its code and our own code’s stack', () => {
  const error = Object.assign(new Error("ENOENT: no such file, open '/home/ada/secret.md'"), { code: 'ENOENT' });
  const line = logged(error);
  expect(JSON.parse(line)).toMatchObject({
    name: 'ENOENT',
    stack: [expect.stringContaining('agent-log.test.ts'), ...Array(4).fill(expect.any(String))],
  });
  expect(line).not.toContain('secret');
});

test('a message of several lines is left out with all of them, a string that was thrown too', () => {
  const error = Object.assign(new Error("ENOENT: no such file, open '/home/ada/a\nsecret\n    at secret.md'"), { code: 'ENOENT' });
  expect(logged(error)).not.toContain('secret');
  expect(logged(error)).toContain('agent-log.test.ts');
  expect(logged('secret')).not.toContain('secret');
});

test.each([[null], [undefined], [42], [{ secret: 'secret' }]])('%j is logged without its content', (value) => {
  expect(JSON.parse(logged(value))).toMatchObject({ name: 'unknown', stack: [] });
});

test('a line is one line', () => {
  expect(logged('a\nb').trimEnd()).not.toContain('\n');
});

test('a log that has grown too long starts anew, a short one and none stay', () => {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-log-'));
  const file = join(folder, 'agent.log');
  trimLog(file);
  writeFileSync(file, 'x'.repeat(2_000_000));
  trimLog(file);
  expect(statSync(file).size).toBe(2_000_000);
  writeFileSync(file, 'x'.repeat(2_000_001));
  trimLog(file);
  expect(statSync(file).size).toBe(0);
  rmSync(folder, { recursive: true });
});
