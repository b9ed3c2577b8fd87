import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Label, narrowsLabel, strictest } from '../../../shared/gate/labels.ts';

const label = fc.constantFrom(...Label.options);

test('the strictest label wins, whatever the order', () => {
  fc.assert(
    fc.property(fc.array(label), fc.func(fc.nat()), (labels, key) => {
      const shuffled = labels
        .map((each, index) => [key(index), each] as const)
        .sort((a, b) => a[0] - b[0])
        .map(([, each]) => each);
      expect(strictest(shuffled)).toBe(strictest(labels));
      for (const each of labels) expect(narrowsLabel(each, strictest(labels))).toBe(true);
      if (labels.length > 0) expect(labels).toContain(strictest(labels));
    }),
  );
});

test('where there is nothing, there is nothing to keep', () => {
  expect(strictest([])).toBe('open');
});

test('labels narrow in one direction: open, ask, home', () => {
  const allowed = Label.options.flatMap((now) => Label.options.filter((next) => narrowsLabel(now, next)).map((next) => `${now}→${next}`));
  expect(allowed).toEqual(['open→open', 'open→ask', 'open→home', 'ask→ask', 'ask→home', 'home→home']);
});
