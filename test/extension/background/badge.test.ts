import { beforeEach, expect, test } from 'vitest';
import { badgeFor } from '../../../extension/background/badge.ts';
import { speak } from '../support/browser.ts';
import { snapshot, status } from '../support/samples.ts';

beforeEach(() => speak());

const busy = status('connected', { approvals: 3, runs: { active: 2 } });

test.each([
  ['a problem comes first', snapshot({ status: busy, problem: { action: 'save-page', code: 'no_text', at: 1 } }), '!'],
  ['so does a host that is down', snapshot({ status: busy, host: { state: 'down', code: 'host_crashed' } }), '!'],
  ['then approvals, by number', snapshot({ status: busy }), '3'],
  ['then work', snapshot({ status: status('connected', { runs: { active: 2 } }) }), '…'],
  ['a page that is being read is work', snapshot({ saving: true }), '…'],
  ['a cloud that is away is no alarm', snapshot({ status: status('away') }), ''],
] as const)('%s', (_fact, state, text) => {
  expect(badgeFor(state, false).text).toBe(text);
});

test('something saved is told for a moment', () => {
  expect(badgeFor(snapshot(), true)).toMatchObject({ text: '✓', title: 'Headgate: saved' });
});
