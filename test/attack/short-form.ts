// The short form of a member as a test: `shortForm('NAME')` is the whole of its test file. The seed is another one each
// time and stands in the test's name; HEADGATE_ATTACK_SEED repeats one.
import { expect, test } from 'vitest';
import { MEMBERS } from './members.ts';
import { createRandom, freshSeed } from './random.ts';

const seed = Number(process.env.HEADGATE_ATTACK_SEED ?? freshSeed());

export async function shortForm(name: string): Promise<void> {
  const member = await MEMBERS[name]?.();
  if (member === undefined) throw new TypeError(`no member of the attack suite is called ${name}`);
  test(`${member.says} (seed ${seed})`, async () => {
    const { failures } = await member.run({ seed, random: createRandom(seed), full: false, say: () => undefined });
    expect(failures, `npm run attack -- --only ${name} --seed ${seed} repeats it`).toEqual([]);
  });
}
