// fs.stat: size and dates of a file, as facts for the screen.
import { labelOfFile, only, openTarget } from '../access.ts';
import type { FactsContent } from '../content.ts';
import type { Op } from '../op.ts';
import { readableSize } from '../size.ts';

export const stat: Op<'fs.stat'> = async ({ target }, context) => {
  using file = openTarget(context, only(target));
  const { size, mtimeMs, birthtimeMs } = file.facts;
  const facts: FactsContent['facts'] = [
    { label: 'Size', value: readableSize(size) },
    { label: 'Changed', value: minuteOf(mtimeMs) },
  ];
  if (birthtimeMs > 0) facts.push({ label: 'Created', value: minuteOf(birthtimeMs) });
  const content: FactsContent = { facts };
  return { outputs: [context.handles.putText('info', JSON.stringify(content), labelOfFile(context, file), only(target))] };
};

function minuteOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
