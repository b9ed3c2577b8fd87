import { expect, test } from 'vitest';
import { framesOf } from '../../shared/stack-frames.ts';

test('frames are places in the code, as many as are wanted', () => {
  const frames = framesOf(new Error('x'), 3);
  expect(frames).toHaveLength(3);
  expect(frames[0]).toContain('stack-frames.test.ts');
  expect(framesOf(new Error(''), 1)[0]).toContain('stack-frames.test.ts');
});

test.each(['canary', 'two lines\n    at canary (words of a person)', '\n    at canary', 'a\n at canary\n\n    at canary'])(
  'nothing of the message %j is among them',
  (message) => {
    for (const error of [new Error(message), new TypeError(message, { cause: new Error(message) })]) {
      expect(framesOf(error, 8).join()).not.toContain('canary');
      expect(framesOf(error, 1)[0]).toContain('stack-frames.test.ts');
    }
  },
);

test('a parser that quotes what it could not read, line ends and all, gives none of it away', () => {
  try {
    JSON.parse('no\n    at CANARY');
  } catch (thrown) {
    expect((thrown as Error).stack?.split('\n')[1]).toMatch(/^ {4}at C/);
    expect(framesOf(thrown as Error, 1)[0]).toContain('JSON.parse');
  }
});

test('an error whose message was changed after it was thrown has no frames', () => {
  const error = new Error('canary\n    at canary');
  expect(error.stack).toContain('canary');
  error.message = 'something else';
  expect(framesOf(error, 8)).toEqual([]);
});
