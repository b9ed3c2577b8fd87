// The furthest head of a device's ledger, kept by the cloud and handed back.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { JWT_TYPES } from '../../../shared/protocol/agent.ts';
import { connect, type Enrolled, makeKeys, seconds, signJws } from '../support/device-program.ts';
import { startTestCloud, type TestCloud } from '../support/test-cloud.ts';

let cloud: TestCloud;
let enrolled: Enrolled;
beforeAll(async () => {
  cloud = await startTestCloud();
  enrolled = await cloud.enrol();
}, 60_000);
afterAll(() => cloud.stop());

const head = (n: number, sign = enrolled.keys.sign, typ: string = JWT_TYPES.ledgerHead) =>
  signJws(sign, { typ }, { n, line: String(n % 10).repeat(64), iat: seconds() });

test('the cloud hands back the furthest head that the device has signed, whatever comes after', async () => {
  const program = await connect(cloud.url, enrolled);
  const beat = async (ledgerHead?: string) =>
    (
      await program.ask('agent.heartbeat', {
        load: 0,
        onBattery: false,
        queueMs: 0,
        speed: {},
        ...(ledgerHead !== undefined && { ledgerHead }),
      })
    ).ledgerHead;
  expect(await beat()).toBeUndefined();
  const [three, five, four] = [await head(3), await head(5), await head(4)];
  expect(await beat(three)).toBe(three);
  expect(await beat(five)).toBe(five);
  expect(await beat(four), 'a nearer one').toBe(five);
  expect(await beat(await head(9, (await makeKeys()).sign)), 'another key').toBe(five);
  expect(await beat(await head(9, enrolled.keys.sign, JWT_TYPES.proof)), 'another type').toBe(five);
  expect(await beat('not.a.jws'), 'no signature').toBe(five);
  expect(await beat()).toBe(five);
  await program.close();
});
