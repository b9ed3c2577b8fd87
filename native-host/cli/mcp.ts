// `headgate mcp --grant DIR[:rights[:label]] …`: serves the folders to an MCP client over stdin and stdout. The grants are
// for this process alone and given by whoever wrote the client's configuration; the strictest label still wins over them.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Grant, NEW_GRANT } from '../../shared/gate/grants.ts';
import { GrantId } from '../../shared/ids.ts';
import { checkFolder, nameFor } from '../gate/check-folder.ts';
import { UsageError } from './arguments.ts';
import type { CallOf } from './commands.ts';
import { EXIT, type Exit } from './exit-codes.ts';
import { parseGrantSpec } from './grant-spec.ts';

export async function run({ flags, words, home, out }: CallOf<'mcp'>): Promise<Exit> {
  const specs = [...flags.grant, ...words];
  if (specs.length === 0) throw new UsageError('Say at least one folder: --grant DIR[:rights[:label]].');
  const given = specs.map((spec) => givenGrant(spec, home));
  const { serveMcp } = await loadServer();
  await serveMcp({ home, given, say: (line) => out.note(`headgate mcp: ${line}`) });
  return EXIT.ok;
}

function givenGrant(spec: string, home: string): { grant: Grant; written: string } {
  const { folder: named, rights, label } = parseGrantSpec(spec);
  // Configuration files know no shell that would do this.
  const written = /^~(?=\/|$)/.test(named) ? join(homedir(), named.slice(1)) : named;
  const folder = checkFolder(written, home);
  const grant: Grant = {
    id: idOf(folder),
    name: nameFor(folder).slice(0, 80),
    folder,
    rights: [...(rights ?? NEW_GRANT.rights)],
    label: label ?? NEW_GRANT.label,
    include: [],
    exclude: [],
    names: NEW_GRANT.names,
    createdAt: Date.now(),
  };
  return { grant, written };
}

/** The same folder has the same id at each start: the journal names it by that. */
function idOf(folder: string): GrantId {
  return GrantId.parse(`g_${createHash('sha256').update(folder).digest('hex').slice(0, 32)}`);
}

/** A bundle of its own beside this one, so that no other command loads the SDK; from source the module itself. */
async function loadServer(): Promise<typeof import('../mcp/serve.ts')> {
  const bundled = typeof __dirname === 'string' ? join(__dirname, 'mcp.cjs') : null;
  const file = bundled !== null && existsSync(bundled) ? pathToFileURL(bundled).href : new URL('../mcp/serve.ts', import.meta.url).href;
  return import(file);
}
