// What a text op answered, read back from the handles that keep it. An answer that is missing or does not parse counts as
// none: a digest without themes is still a digest.
import type * as z from 'zod';
import { HeadgateError } from '../../shared/errors.ts';
import type { HandleId } from '../../shared/ids.ts';
import type { OpContext } from './op.ts';

export function readAnswer<Schema extends z.ZodType>(
  context: OpContext,
  schema: Schema,
  handle: HandleId | undefined,
): z.infer<Schema> | null {
  if (handle === undefined) return null;
  try {
    const parsed = schema.safeParse(JSON.parse(context.handles.text(handle)));
    return parsed.success ? parsed.data : null;
  } catch (thrown) {
    if (thrown instanceof SyntaxError || thrown instanceof HeadgateError) return null;
    throw thrown;
  }
}
