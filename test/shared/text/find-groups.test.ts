import { expect, test } from 'vitest';
import { findGroups } from '../../../shared/text/find-groups.ts';

test('texts alike are grouped, largest group first, and loners are left out', () => {
  const likeness = [
    [0, 0.6, 0, 0, 0, 0],
    [0.6, 0, 0, 0, 0, 0],
    [0, 0, 0, 0.5, 0.4, 0],
    [0, 0, 0.5, 0, 0.3, 0.05],
    [0, 0, 0.4, 0.3, 0, 0],
    [0, 0, 0, 0.05, 0, 0],
  ];
  expect(findGroups(likeness)).toEqual([
    [2, 3, 4],
    [0, 1],
  ]);
});

test('one link does not draw a whole group along', () => {
  const likeness = [
    [0, 0.5, 0],
    [0.5, 0, 0.2],
    [0, 0.2, 0],
  ];
  expect(findGroups(likeness)).toEqual([[0, 1]]);
});

test('no texts have no groups', () => {
  expect(findGroups([])).toEqual([]);
});
