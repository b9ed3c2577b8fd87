// From now on V8 favours size over speed: the agent is mostly idle. Said once all is loaded, not as flags of the process: with
// them V8 refuses the compiled code that Node carries within itself, and every start would compile it anew (some 40 ms).
import { setFlagsFromString } from 'node:v8';

/** Of V8's two optimizing compilers one is enough. */
const FLAGS = ['--optimize-for-size', '--no-maglev'] as const;

export function favourSize(): void {
  for (const flag of FLAGS) setFlagsFromString(flag);
}
