// Goes through what another program proposes while that program still goes on. Looking into one thing may take long and there
// may be thousands of them, so others get their turn in between, and a cancelled run is noticed.
import { setImmediate } from 'node:timers/promises';
import { stopIfCancelled } from '../access.ts';

/** After so long others get their turn. */
const BREATHE_MS = 15;

export interface InTurn {
  /** False once there is enough: what comes after is not looked into. */
  add(things: readonly string[]): boolean;
  /** When all that was added has been looked into. Throws what looking threw, and `cancelled`. */
  done(): Promise<void>;
}

/** `look` says whether to go on. */
export function lookInTurn(look: (thing: string) => boolean, signal: AbortSignal): InTurn {
  let waiting: string[] = [];
  let enough = false;
  let failed: { value: unknown } | null = null;
  let looking: Promise<void> | null = null;

  const lookOn = async (): Promise<void> => {
    let since = performance.now();
    while (waiting.length > 0) {
      const things = waiting;
      waiting = [];
      for (const thing of things) {
        if (enough) return;
        if (performance.now() - since > BREATHE_MS) {
          await setImmediate();
          stopIfCancelled({ signal });
          since = performance.now();
        }
        enough = !look(thing);
      }
    }
  };

  return {
    add(things) {
      waiting.push(...things);
      looking ??= lookOn()
        .catch((value: unknown) => {
          failed = { value };
          enough = true;
        })
        .finally(() => {
          looking = null;
        });
      return !enough;
    },
    async done() {
      while (looking !== null) await looking;
      if (failed !== null) throw failed.value;
    },
  };
}
