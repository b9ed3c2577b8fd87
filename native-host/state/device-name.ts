// What this machine is called on screens.
import { hostname, platform } from 'node:os';

export function deviceName(): string {
  return `${hostname()} (${platform()})`.slice(0, 120);
}
