// The members of the attack suite: one row each, loaded when it is played.
import type { Member } from './member.ts';

export const MEMBERS: Readonly<Record<string, () => Promise<Member>>> = {
  choke: async () => (await import('./choke.ts')).member,
  framing: async () => (await import('./framing.ts')).member,
  names: async () => (await import('./names.ts')).member,
  paths: async () => (await import('./paths.ts')).member,
  race: async () => (await import('./race.ts')).member,
  secrets: async () => (await import('./secrets.ts')).member,
  planner: async () => (await import('./planner.ts')).member,
  tokens: async () => (await import('./tokens.ts')).member,
  properties: async () => (await import('./properties.ts')).member,
};
