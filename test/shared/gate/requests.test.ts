import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decideRequest, REQUEST_LIMITS, type RequestFacts } from '../../../shared/gate/requests.ts';
import type { WarrantId } from '../../../shared/ids.ts';

const by = `w_${'1'.repeat(32)}` as WarrantId;
const facts: fc.Arbitrary<RequestFacts> = fc.record({
  expired: fc.boolean(),
  standing: fc.constantFrom({ effect: 'allow' as const, by }, { effect: 'deny' as const, reasons: ['none'] }),
  takenInHour: fc.nat(300),
  askedInHour: fc.nat(15),
  open: fc.nat(5),
  sameOpen: fc.boolean(),
  sameRefused: fc.boolean(),
});
const calm: RequestFacts = {
  expired: false,
  standing: { effect: 'deny', reasons: ['none'] },
  takenInHour: 0,
  askedInHour: 0,
  open: 0,
  sameOpen: false,
  sameRefused: false,
};

test('only a standing warrant starts a run without a question', () => {
  fc.assert(
    fc.property(facts, (given) => void expect(decideRequest(given).effect === 'start' && given.standing.effect !== 'allow').toBe(false)),
  );
});

test('a person is never asked past a limit, nor while the same is open or was just refused', () => {
  fc.assert(
    fc.property(facts, (given) => {
      if (decideRequest(given).effect !== 'ask') return;
      expect(given.open).toBeLessThan(REQUEST_LIMITS.open);
      expect(given.askedInHour).toBeLessThan(REQUEST_LIMITS.askedInHour);
      expect(given.takenInHour).toBeLessThan(REQUEST_LIMITS.takenInHour);
      expect(given.sameOpen || given.sameRefused || given.expired).toBe(false);
    }),
  );
});

test('a request in calm times is asked about, and every refusal says why', () => {
  expect(decideRequest(calm)).toEqual({ effect: 'ask', reasons: ['none'] });
  fc.assert(
    fc.property(facts, (given) => {
      const decision = decideRequest(given);
      if (decision.effect === 'refuse') expect(decision.reasons.length).toBeGreaterThan(0);
    }),
  );
});
