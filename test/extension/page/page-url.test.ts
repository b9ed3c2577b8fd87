import { expect, test } from 'vitest';
import { pageUrl } from '../../../extension/page/page-url.ts';

const isAnchor = (id: string) => id === 'part 2';

test.each([
  ['credentials are taken out', 'https://me:secret@a.example/x?q=1', 'https://a.example/x?q=1'],
  ['an anchor of the page stays', 'https://a.example/x#part%202', 'https://a.example/x#part%202'],
  ['a route stays', 'https://a.example/#/inbox/5', 'https://a.example/#/inbox/5'],
  ['a token in the fragment goes', 'https://a.example/#access_token=abc', 'https://a.example/'],
  ['a key in the fragment goes', 'https://a.example/file#AbCdEf0123456789', 'https://a.example/file'],
  ['a key in a route goes', 'https://a.example/#/room?key=abc', 'https://a.example/'],
  ['a fragment that cannot be decoded goes', 'https://a.example/#%E0%A4', 'https://a.example/'],
  ['what is no address stays text', 'not an address', 'not an address'],
] as const)('%s', (_fact, address, saved) => {
  expect(pageUrl(address, isAnchor)).toBe(saved);
});

test('an address above the cap loses its query', () => {
  expect(pageUrl(`https://a.example/x?${'q'.repeat(5000)}`)).toBe('https://a.example/x');
});
