// os.info: what this machine is, as facts for the screen.
import { availableParallelism, cpus, hostname, loadavg, release, totalmem, type, uptime, version } from 'node:os';
import type { FactsContent } from '../content.ts';
import type { Op } from '../op.ts';
import { readableSize } from '../size.ts';

let model: string | undefined;
/** Read once: Node asks every core for its speed as well. */
const processor = (): string => (model ??= cpus()[0]?.model.trim() || process.arch);

export const info: Op<'os.info'> = async (_args, context) => {
  const facts: FactsContent['facts'] = [
    { label: 'Name', value: hostname() },
    { label: 'System', value: `${type()} ${release()} ${process.arch}` },
    { label: 'Version', value: version() },
    { label: 'Processor', value: `${processor()}, ${availableParallelism()} cores` },
    { label: 'Memory', value: readableSize(totalmem()) },
    {
      label: 'Load',
      value: loadavg()
        .map((load) => load.toFixed(2))
        .join(' '),
    },
    { label: 'Up since', value: new Date(context.now() - uptime() * 1000).toISOString().slice(0, 16).replace('T', ' ') },
    { label: 'Node', value: process.version },
  ];
  const content: FactsContent = { facts: facts.map(({ label, value }) => ({ label, value: value.slice(0, 200) })) };
  return { outputs: [context.handles.putText('info', JSON.stringify(content), 'ask')] };
};
