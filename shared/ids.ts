// Branded ids. Each kind of thing has a prefix, so that an id pasted in the wrong place is refused by its schema and is
// recognised in a log. Making an id needs randomness, which is an argument: `shared` has no platform.
import * as z from 'zod';

const id = <Brand extends string>(prefix: string) =>
  z
    .string()
    .regex(new RegExp(`^${prefix}_[0-9a-f]{32}$`), `must be an id: ${prefix}_ and 32 digits or letters a to f`)
    .brand<Brand>();

export const RunId = id<'RunId'>('r');
export type RunId = z.infer<typeof RunId>;
export const GrantId = id<'GrantId'>('g');
export type GrantId = z.infer<typeof GrantId>;
export const HandleId = id<'HandleId'>('h');
export type HandleId = z.infer<typeof HandleId>;
export const DeviceId = id<'DeviceId'>('d');
export type DeviceId = z.infer<typeof DeviceId>;
export const PersonId = id<'PersonId'>('p');
export type PersonId = z.infer<typeof PersonId>;
export const WarrantId = id<'WarrantId'>('w');
export type WarrantId = z.infer<typeof WarrantId>;
export const ApprovalId = id<'ApprovalId'>('a');
export type ApprovalId = z.infer<typeof ApprovalId>;
export const ReceiptId = id<'ReceiptId'>('x');
export type ReceiptId = z.infer<typeof ReceiptId>;
/** What somebody asked of a device from outside. */
export const RequestId = id<'RequestId'>('q');
export type RequestId = z.infer<typeof RequestId>;

interface IdByPrefix {
  r: RunId;
  g: GrantId;
  h: HandleId;
  d: DeviceId;
  p: PersonId;
  w: WarrantId;
  a: ApprovalId;
  x: ReceiptId;
  q: RequestId;
}

/** A step's name within its run: `text`, or `text.3` of a fan-out, in one spelling only (no `text.03`). Never content. */
export const StepId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}(\.(0|[1-9][0-9]{0,4}))?$/)
  .brand<'StepId'>();
export type StepId = z.infer<typeof StepId>;

/** Each byte in two digits. */
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Makes an id of 128 random bits. `random` returns that many bytes, as `crypto.getRandomValues` or `randomBytes` do. */
export function makeId<Prefix extends keyof IdByPrefix>(prefix: Prefix, random: (bytes: number) => Uint8Array): IdByPrefix[Prefix] {
  let hex = '';
  for (const byte of random(16)) hex += HEX[byte];
  return `${prefix}_${hex}` as IdByPrefix[Prefix];
}
