// Real MCP servers for tests: `headgate mcp` as it is built, the reference filesystem server, and the SDK's own client.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { BUNDLES } from '../../../native-host/checkout/places.ts';

export interface Served extends AsyncDisposable {
  client: Client;
  pid: number;
  /** The text of an answer; throws what the server refused. */
  text(name: string, args?: Record<string, unknown>): Promise<string>;
  /** The words of a refusal. */
  refusal(name: string, args?: Record<string, unknown>): Promise<string>;
}

export interface Desk extends AsyncDisposable {
  /** Holds `home` and `folder` side by side. */
  base: string;
  home: string;
  folder: string;
  write(path: string, content: string | Uint8Array): string;
  /** `headgate mcp` with these grants; the desk's folder with this suffix when there are none. */
  serve(options?: { grants?: string[]; rights?: string; roots?: string[]; name?: string }): Promise<Served>;
  /** The reference server on the same folder. */
  reference(): Promise<Served>;
}

export interface ClientOptions {
  home: string;
  name: string;
  roots?: string[];
  /** In place of an environment that knows of `home` and little else. */
  env?: Readonly<Record<string, string>>;
}

export function openDesk(): Desk {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'headgate-mcp-')));
  const folder = join(base, 'Documents');
  const home = join(base, 'home');
  mkdirSync(folder);
  const open: Served[] = [];
  const keep = async (served: Promise<Served>): Promise<Served> => {
    open.push(await served);
    return served;
  };
  return {
    base,
    home,
    folder,
    write(path, content) {
      const file = join(folder, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
      return file;
    },
    serve: ({ grants, rights = ':read,write:open', roots, name = 'test-client' } = {}) =>
      keep(
        connect([BUNDLES.host, 'mcp', ...(grants ?? [folder + rights]).flatMap((grant) => ['--grant', grant])], {
          home,
          name,
          ...(roots && { roots }),
        }),
      ),
    reference: () =>
      keep(
        connect([createRequire(import.meta.url).resolve('@modelcontextprotocol/server-filesystem/dist/index.js'), folder], {
          home,
          name: 'test-client',
        }),
      ),
    async [Symbol.asyncDispose]() {
      for (const served of open) await served[Symbol.asyncDispose]();
      rmSync(base, { recursive: true, force: true });
    },
  };
}

/** An MCP client of this name, and the server that it starts with these arguments. */
export async function connect(args: string[], { home, name, roots, env: given }: ClientOptions): Promise<Served> {
  const env = given ?? { PATH: process.env.PATH ?? '', HOME: join(home, 'nobody'), HEADGATE_HOME: home, HEADGATE_IDLE_SECONDS: '2' };
  const transport = new StdioClientTransport({ command: process.execPath, args, env, stderr: 'ignore' });
  const client = new Client({ name, version: '0' }, { capabilities: roots === undefined ? {} : { roots: { listChanged: true } } });
  if (roots !== undefined)
    client.setRequestHandler('roots/list', () => ({ roots: roots.map((root) => ({ uri: pathToFileURL(root).href })) }));
  await client.connect(transport);
  const call = async (tool: string, given: Record<string, unknown> = {}) => {
    const { isError, content } = await client.callTool({ name: tool, arguments: given });
    const [first] = content;
    return { isError: isError === true, text: first?.type === 'text' ? first.text : JSON.stringify(first) };
  };
  return {
    client,
    pid: transport.pid ?? -1,
    async text(tool, given) {
      const { isError, text } = await call(tool, given);
      if (isError) throw new Error(text);
      return text;
    },
    async refusal(tool, given) {
      const { isError, text } = await call(tool, given);
      if (!isError) throw new Error(`${tool} was not refused: ${text}`);
      return text;
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}
