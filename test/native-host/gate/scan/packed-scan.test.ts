// A scan comes out of its packing as it went in.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packScan, unpackScan } from '../../../../native-host/gate/scan/packed-scan.ts';
import { FindingKind } from '../../../../shared/gate/findings.ts';

const finding = fc.record({
  text: fc.nat(1_000),
  start: fc.nat(0xffff_ffff),
  end: fc.nat(0xffff_ffff),
  rule: fc.constantFrom('email', 'iban', 'github-token', 'password'),
  kind: fc.constantFrom(...FindingKind.options),
});

test('every finding keeps its place, rule and kind, in order', () => {
  fc.assert(
    fc.property(fc.array(finding, { maxLength: 200 }), fc.boolean(), (findings, inspected) => {
      const scan = { findings, inspected, ...(!inspected && { problem: 'it was not looked through' }) };
      expect(unpackScan(packScan(scan))).toEqual(scan);
    }),
  );
});

test('a rule is named once, however often it was met', () => {
  const email = { text: 0, start: 1, end: 9, rule: 'email', kind: 'contact' } as const;
  expect(packScan({ findings: [email, { ...email, text: 1 }, email], inspected: true }).rules).toEqual([
    { rule: 'email', kind: 'contact' },
  ]);
});
