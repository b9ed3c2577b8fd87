// Descriptors that this process was given by whoever started it, and that every program it starts would be given in turn:
// Node closes only its own. What they lead to is nobody's to know, so a command gets the null device in their place.
import { openSync, readdirSync, readFileSync } from 'node:fs';

/** Close-on-exec, as `/proc/self/fdinfo` writes a descriptor's flags (octal). */
const CLOEXEC = 0o2000000;
let nothing: number | null = null;

/** Above 2, on Linux; elsewhere none is known. `nothing` is a descriptor of the null device. */
export function inheritedDescriptors(platform: NodeJS.Platform = process.platform): { inherited: number[]; nothing: number } {
  nothing ??= openSync(platform === 'win32' ? '\\\\.\\NUL' : '/dev/null', 'r+');
  const inherited =
    platform === 'linux'
      ? readdirSync('/proc/self/fdinfo')
          .map(Number)
          .filter((fd) => fd > 2 && passesOn(fd))
      : [];
  return { inherited, nothing };
}

function passesOn(fd: number): boolean {
  try {
    const flags = /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & CLOEXEC) === 0;
  } catch {
    // Closed meanwhile: it was the one of the listing itself.
    return false;
  }
}
