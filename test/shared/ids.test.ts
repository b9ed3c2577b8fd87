import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ApprovalId, DeviceId, GrantId, HandleId, makeId, PersonId, ReceiptId, RunId, StepId, WarrantId } from '../../shared/ids.ts';

const SCHEMAS = { r: RunId, g: GrantId, h: HandleId, d: DeviceId, p: PersonId, w: WarrantId, a: ApprovalId, x: ReceiptId } as const;
const PREFIXES = Object.keys(SCHEMAS) as (keyof typeof SCHEMAS)[];

test.each(PREFIXES)('an id of kind %s fits its own schema and no other', (prefix) => {
  const id = makeId(prefix, (bytes) => new Uint8Array(bytes).fill(0xa5));
  expect(id).toBe(`${prefix}_${'a5'.repeat(16)}`);
  expect(PREFIXES.filter((other) => SCHEMAS[other].safeParse(id).success)).toEqual([prefix]);
});

test('an id asks for 128 bits and uses all of them', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      const id = makeId('h', (count) => bytes.subarray(0, count));
      expect(id).toBe(`h_${Buffer.from(bytes).toString('hex')}`);
    }),
  );
});

test.each(['', 'h_', `h_${'0'.repeat(31)}`, `h_${'0'.repeat(33)}`, `h_${'A'.repeat(32)}`, ` h_${'0'.repeat(32)}`, `h_${'0'.repeat(32)}\n`])(
  '%j is no id',
  (text) => {
    expect(HandleId.safeParse(text).success).toBe(false);
  },
);

test.each(['text', 'text.3', 'a', 'step-1', 'text.99999'])('%s names a step', (text) => expect(StepId.safeParse(text).success).toBe(true));
test.each(['', 'Text', '3', 'text.', 'text.3.4', 'text.03', 'text.-1', 'text.100000', 'my secret file', '__proto__', 'a'.repeat(33)])(
  '%j names no step',
  (text) => expect(StepId.safeParse(text).success).toBe(false),
);
