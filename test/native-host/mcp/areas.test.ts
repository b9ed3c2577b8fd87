import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { labelOf, namesIn } from '../../../native-host/gate/nested-grants.ts';
import { createAreas } from '../../../native-host/mcp/areas.ts';
import type { Grant } from '../../../shared/gate/grants.ts';
import type { GrantId } from '../../../shared/ids.ts';

const grant = (folder: string, more: Partial<Grant> = {}): { grant: Grant; written: string } => ({
  grant: {
    id: `g_${folder}` as GrantId,
    name: folder,
    folder,
    rights: ['read'],
    label: 'open',
    include: [],
    exclude: [],
    names: 'shown',
    createdAt: 0,
    ...more,
  },
  written: folder,
});

test('a path becomes a grant and a relative path; the deepest grant decides', () => {
  const areas = createAreas([grant('/data'), grant('/data/inner', { rights: ['read', 'write'] })], () => []);
  expect(areas.locate('/data/a/../b.txt', 'read')).toMatchObject({ grant: { folder: '/data' }, path: 'b.txt' });
  expect(areas.locate('/data/inner/c.txt', 'write')).toMatchObject({ grant: { folder: '/data/inner' }, path: 'c.txt' });
  expect(areas.locate('b.txt', 'read')).toMatchObject({ grant: { folder: '/data' }, path: 'b.txt' });
  expect(() => areas.locate('/data/b.txt', 'write')).toThrow('was not granted to write');
  for (const path of ['/database/x', '/data/../etc', '../etc', '/', '~/x', 'C:\\data'])
    expect(() => areas.locate(path, 'read'), path).toThrow();
});

test('a folder reached by another spelling is the same grant', () => {
  const areas = createAreas([{ ...grant('/private/tmp/x'), written: '/tmp/x' }], () => []);
  expect(areas.locate('/tmp/x/a', 'read').path).toBe('a');
  expect(areas.locate('/private/tmp/x/a', 'read').path).toBe('a');
});

test('the strictest label wins, also over grants that the person gave elsewhere', () => {
  const areas = createAreas([grant('/data')], () => [grant('/data/diary', { label: 'home' }).grant]);
  const place = (path: string) => areas.labelOf(areas.locate(`/data/${path}`, 'read'));
  expect([place('a'), place('diary'), place('diary/today'), place('diary-2')]).toEqual(['open', 'home', 'home', 'open']);
  expect(areas.mixed(areas.locate('/data', 'read').grant)).toBe(true);
});

test('roots narrow, and the next roots narrow the grants anew', () => {
  const areas = createAreas([grant('/data'), grant('/other')], () => []);
  expect(areas.narrow(['file:///data/project', 'file:///etc', 'not a uri'])).toBe(1);
  expect(areas.directories()).toEqual(['/data/project']);
  expect(() => areas.locate('/data/x', 'read')).toThrow('outside allowed directories');
  expect(() => areas.locate('/other/x', 'read')).toThrow('outside allowed directories');
  expect(areas.locate('/data/project/x', 'read').path).toBe('project/x');
  expect(areas.narrow(['file:///'])).toBe(2);
  expect(areas.directories()).toEqual(['/data', '/other']);
  expect(areas.narrow(['file:///nowhere'])).toBe(0);
  expect(areas.directories()).toEqual(['/data', '/other']);
});

test('a grant inside a root keeps its own rights, narrower or wider, when another grant is narrowed to that root', () => {
  const areas = createAreas([grant('/data', { rights: ['read', 'write'] }), grant('/data/project/inner')], () => []);
  expect(areas.narrow(['file:///data/project'])).toBeGreaterThan(0);
  expect(areas.locate('/data/project/a', 'write')).toMatchObject({ grant: { folder: '/data' }, path: 'project/a' });
  expect(() => areas.locate('/data/project/inner/a', 'write')).toThrow('was not granted to write');
  expect(areas.locate('/data/project/inner/a', 'read')).toMatchObject({ grant: { folder: '/data/project/inner' }, path: 'a' });
});

test('a label is what all grants say now, whatever was asked before', () => {
  const folder = fc.constantFrom('/data', '/data/a', '/data/a/b', '/data/A', '/other');
  const others = fc.array(fc.record({ folder, label: fc.constantFrom('open' as const, 'ask' as const, 'home' as const) }), {
    maxLength: 3,
  });
  const path = fc.constantFrom('', 'a', 'a/b', 'a/b/c', 'x');
  const asked = fc.array(
    fc.record({ others: fc.option(others, { nil: null }), paths: fc.array(path, { maxLength: 4 }), first: fc.boolean() }),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(asked, (rounds) => {
      const [data, other] = [grant('/data'), grant('/other', { label: 'ask' })];
      const given = [data, other];
      let elsewhere: Grant[] = [];
      const areas = createAreas(given, () => elsewhere);
      for (const { others, paths, first } of rounds) {
        if (others !== null) elsewhere = others.map(({ folder, label }) => grant(folder, { label }).grant);
        for (const path of paths) {
          const place = { grant: (first ? data : other).grant, path };
          const all = [...given.map((each) => each.grant), ...elsewhere];
          expect([areas.labelOf(place), areas.namesOf(place), areas.labelOf(place)]).toEqual([
            labelOf(all, place.grant, path),
            namesIn(all, place.grant, path),
            labelOf(all, place.grant, path),
          ]);
        }
      }
    }),
  );
});
