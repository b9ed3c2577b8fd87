// The members of the attack suite: one row each, loaded when it is played.
import type { Member } from './member.ts';

export const MEMBERS: Readonly<Record<string, () => Promise<Member>>> = {
  names: async () => (await import('./names.ts')).member,
  secrets: async () => (await import('./secrets.ts')).member,
  planner: async () => (await import('./planner.ts')).member,
};
