import fc from 'fast-check';
import { expect, test } from 'vitest';
import { groupReceipts, leaves, sumDays, withheldOf } from '../../../../extension/screens/ledger/receipts.ts';
import { receipt, runId } from '../../support/samples.ts';

const receipts = fc.array(
  fc
    .record({
      run: fc.integer({ min: 1, max: 3 }).map(runId),
      bytes: fc.nat(10_000),
      at: fc.integer({ min: Date.UTC(2026, 8, 1), max: Date.UTC(2026, 10, 26) }),
      destination: fc.constantFrom('cloud', 'screen', 'client', 'device'),
    })
    .map((change) => receipt(change as Parameters<typeof receipt>[0])),
  { maxLength: 40 },
);

test('groups hold every receipt once, in order, each of one run and one direction', () => {
  fc.assert(
    fc.property(receipts, (list) => {
      const groups = groupReceipts(list);
      expect(groups.flatMap((group) => group.receipts)).toEqual(list);
      for (const { run, bytes, receipts } of groups) {
        expect(receipts.every((each) => each.run === run && leaves(each) === leaves(receipts[0] as (typeof receipts)[number]))).toBe(true);
        expect(bytes).toBe(receipts.reduce((sum, each) => sum + each.bytes, 0));
      }
      for (const [index, group] of groups.entries()) {
        const next = groups[index + 1];
        if (next?.run === group.run) expect(leaves(next.receipts[0] as never)).not.toBe(leaves(group.receipts[0] as never));
      }
    }),
  );
});

test('days hold what left on them, over a change of the clocks as well, and nothing that stayed', () => {
  const now = new Date(2026, 10, 26, 15).getTime();
  fc.assert(
    fc.property(receipts, fc.integer({ min: 1, max: 60 }), (list, count) => {
      const days = sumDays(list, now, count);
      expect(days).toHaveLength(count);
      expect(days.every(({ at }) => new Date(at).getHours() === 0)).toBe(true);
      const counted = list.filter((each) => leaves(each) && each.at >= (days[0]?.at ?? 0));
      expect(days.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(counted.reduce((sum, { bytes }) => sum + bytes, 0));
      expect(days.reduce((sum, { releases }) => sum + releases, 0)).toBe(counted.length);
    }),
  );
});

test('days that the list does not reach to are not said to be empty', () => {
  const now = new Date(2026, 10, 26, 15).getTime();
  const since = new Date(2026, 10, 24, 9).getTime();
  expect(sumDays([], now, 14, since).map(({ at }) => new Date(at).getDate())).toEqual([25, 26]);
});

test('what was taken out is counted, what was sent is not', () => {
  const rules = [
    { rule: 'aws-key', kind: 'secret', count: 2, redacted: true },
    { rule: 'e-mail', kind: 'contact', count: 5, redacted: false },
  ] as const;
  expect(withheldOf(receipt({ rules: [...rules] }))).toBe(2);
});

test('what was held back stands by itself, and is nothing that left', () => {
  const went = receipt({ destination: 'client', bytes: 5 });
  const held = receipt({ destination: 'client', bytes: 0, rules: [{ rule: 'github-token', kind: 'secret', count: 1, redacted: true }] });
  const empty = receipt({ destination: 'client', bytes: 0 });
  expect([went, held, empty].map(leaves)).toEqual([true, false, true]);
  expect(groupReceipts([went, held, held, empty]).map(({ receipts }) => receipts.length)).toEqual([1, 2, 1]);
  expect(sumDays([went, held], went.at, 1)).toMatchObject([{ bytes: 5, releases: 1 }]);
});
