import { expect, test } from 'vitest';
import { assertCompactJws, isCanonicalBase64url, isCompactJwe } from '../../../cloud/auth/base64url.ts';

test('what Node writes is canonical', () => {
  for (let length = 0; length < 70; length++) expect(isCanonicalBase64url(Buffer.alloc(length, 0xa7).toString('base64url'))).toBe(true);
});

test.each(['YQ==', 'YR', 'YWJ', 'Y', 'YQ\n', 'Y Q', 'Y+8', 'Y/8', 'YQ%3d', 'ÄQ', 'YWFh.'])('%j is refused', (text) => {
  expect(isCanonicalBase64url(text)).toBe(false);
});

test.each(['', 'a.b', 'YQ.YQ', 'YQ.YQ.', '.YQ.YQ', 'YQ.YQ.YR', 'YQ.YQ.YQ.YQ', 'YQ. YQ.YQ'])('%j is no compact JWS', (token) => {
  expect(() => assertCompactJws(token)).toThrow('not a well-formed token');
});

test('three canonical parts pass', () => {
  expect(() => assertCompactJws('YQ.YQ.YQ')).not.toThrow();
});

test('a compact JWE has five parts, of which only the encrypted key may be empty', () => {
  expect(isCompactJwe('YQ..YQ.YQ.YQ')).toBe(true);
  expect(isCompactJwe('YQ.YQ..YQ.YQ')).toBe(false);
  expect(isCompactJwe('{"title":"my tax papers"}')).toBe(false);
});
