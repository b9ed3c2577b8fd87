// No way around the gate, seen from outside: the host's processes while they work. They listen on no port of the network
// (only the agent's Unix socket is there), connect nowhere when no cloud is paired, and open files of the person below the
// granted folder only, though next to it lie files that they would find. What the types keep is in
// test/conventions/outgoing.test.ts. In full the processes run under strace, where it is.
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUNDLES } from '../../native-host/checkout/places.ts';
import { readAgentFile } from '../../native-host/port/reach-agent.ts';
import { endProcess } from '../support/world/processes.ts';
import { startRelay } from '../support/world/relay.ts';
import { until } from '../support/world/until.ts';
import { collectFailures, type Member } from './member.ts';
import { portsOf } from './choke/open-sockets.ts';
import { canTrace, readTrace, startTraced, straceArguments } from './choke/traced.ts';

const CANARY = 'CANARY-of-what-was-not-granted';

export const member: Member = {
  name: 'choke',
  says: 'the host’s processes listen on no port, and open files of the person in granted folders only',
  async run({ full, say }) {
    const failures = collectFailures();
    const traced = full && canTrace();
    const scene = setScene(traced);
    try {
      say(traced ? 'under strace' : 'by the kernel’s tables');
      const agent = await workWithAgent(scene, failures.add);
      const mcp = await workOverMcp(scene, failures.add);
      const figures: Record<string, number | string> = {
        'processes whose ports were looked at': agent.processes + mcp.processes,
        'commands and tools used': agent.used + mcp.used,
      };
      if (traced) {
        const traces = [scene.log('agent'), scene.log('mcp')].map((log) => readTrace(log, scene.person, scene.granted));
        for (const { wrong } of traces) for (const each of wrong) failures.add(each.slice(0, 300));
        for (const { opened } of traces)
          if (![...opened].some((path) => path.endsWith('letter.md'))) failures.add('the trace does not even show the file that was read');
        figures['calls traced'] = traces.reduce((sum, { calls }) => sum + calls, 0);
        figures['files of the person opened'] = new Set(traces.flatMap(({ opened }) => [...opened])).size;
      } else figures['calls traced'] = full ? 'strace is not here' : 'only in full';
      return { figures, failures: failures.list };
    } finally {
      scene.close();
    }
  },
};

interface Scene {
  base: string;
  /** The person's own folder; `granted` is in it. */
  person: string;
  granted: string;
  home: string;
  env: Record<string, string>;
  traced: boolean;
  log(name: string): string;
  close(): void;
}

/** A home with a granted folder, and beside it what nobody granted, reachable by names, links and ripgrep's own habits. */
function setScene(traced: boolean): Scene {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'hg-choke-')));
  const person = join(base, 'person');
  const granted = join(person, 'Documents');
  const home = join(base, 'state');
  for (const folder of [join(granted, 'sub'), join(person, 'Private'), join(person, '.ssh'), join(base, 'run')])
    mkdirSync(folder, { recursive: true });
  writeFileSync(join(granted, 'letter.md'), '# Letter\n\nThe pump was ordered in May. It hums.\n');
  writeFileSync(join(granted, 'sub', 'note.txt'), 'A note about the pump.\n');
  for (const path of [
    'Private/diary.txt',
    '.ssh/id_ed25519',
    '.gitignore',
    '.ignore',
    '.rgignore',
    '.ripgreprc',
    '.npmrc',
    '.node_repl_history',
    'notes.md',
  ])
    writeFileSync(join(person, path), `${CANARY} pump\n`);
  symlinkSync(join(person, 'Private'), join(granted, 'way-out'));
  symlinkSync(join(person, 'Private', 'diary.txt'), join(granted, 'diary.txt'));
  return {
    base,
    person,
    granted,
    home,
    traced,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: person,
      HEADGATE_HOME: home,
      XDG_RUNTIME_DIR: join(base, 'run'),
      XDG_DATA_HOME: join(base, 'share'),
      HEADGATE_IDLE_SECONDS: '60',
    },
    log: (name) => join(base, `${name}.strace`),
    close: () => rmSync(base, { recursive: true, force: true }),
  };
}

async function workWithAgent(scene: Scene, fail: (what: string) => void) {
  const { home, env, granted, person } = scene;
  const command = [process.execPath, BUNDLES.host, 'agent'];
  const run = scene.traced ? startTraced(scene.log('agent'), command, env) : startPlain(command, env);
  let used = 0;
  try {
    const where = await until('the agent', () => readAgentFile(home));
    const cli = (...words: string[]) => {
      used += 1;
      const { stdout, stderr } = spawnSync(process.execPath, [BUNDLES.host, ...words], { env, encoding: 'utf8', timeout: 60_000 });
      // What the person is told of their own folder may name it; what lies in others may not be told.
      if (`${stdout}${stderr}`.includes(CANARY)) fail(`headgate ${words.join(' ')} shows what was not granted`);
      return stdout;
    };
    cli('grant', `${granted}:read,write:open`);
    if (!cli('run', 'find', 'pump').includes('letter.md')) fail('headgate run find does not find what is granted');
    cli('run', 'digest', 'Documents');
    for (const words of [
      ['grants'],
      ['runs'],
      ['ledger'],
      ['approvals'],
      ['run', 'find', 'diary'],
      ['run', 'find', CANARY],
      ['doctor'],
      ['ledger', '--verify'],
      ['run', 'digest', join(person, 'Private')],
    ])
      cli(...words);
    const relay = await startRelay(env, home);
    await relay.ask('host.status');
    let processes = 0;
    for (const pid of [where.pid, relay.process.pid ?? 0]) {
      processes += 1;
      for (const port of portsOf(pid)) fail(`process ${pid} of the host listens on ${port}`);
    }
    await relay.close();
    await endProcess(where.pid, 6_000);
    return { processes, used };
  } finally {
    const pid = readAgentFile(home)?.pid;
    if (pid !== undefined) await endProcess(pid, 6_000);
    run.child.kill('SIGTERM');
    await run.ended;
  }
}

function startPlain([command = '', ...args]: readonly string[], env: Record<string, string>) {
  const child = spawn(command, args, { stdio: 'ignore', env });
  return { child, ended: new Promise<void>((resolve) => child.once('close', () => resolve())) };
}

async function workOverMcp(scene: Scene, fail: (what: string) => void) {
  const { env, granted, person } = scene;
  const command = [process.execPath, BUNDLES.host, 'mcp', '--grant', `${granted}:read,write:open`];
  const [program = '', ...args] = scene.traced ? ['strace', ...straceArguments(scene.log('mcp'), command)] : command;
  const transport = new StdioClientTransport({ command: program, args, env, stderr: 'ignore' });
  const client = new Client({ name: 'attack', version: '0' }, { capabilities: {} });
  await client.connect(transport);
  let used = 0;
  try {
    const paths = [
      'letter.md',
      '.',
      'sub',
      'way-out',
      'way-out/diary.txt',
      'diary.txt',
      '../Private/diary.txt',
      join(person, 'Private'),
      '~/.ssh/id_ed25519',
      '/etc/passwd',
      '/proc/self/environ',
    ];
    for (const path of paths) {
      for (const tool of [
        'read_text_file',
        'read_media_file',
        'list_directory',
        'directory_tree',
        'get_file_info',
        'search_files',
        'write_file',
        'create_directory',
      ]) {
        used += 1;
        const { content } = await client.callTool({
          name: tool,
          arguments: { path, pattern: '**/*', ...(tool === 'write_file' && { content: path === 'letter.md' ? 'The pump.' : 'planted' }) },
        });
        if (JSON.stringify(content).includes(CANARY)) fail(`${tool} of ${path} shows what was not granted`);
      }
    }
    const pid = transport.pid ?? 0;
    for (const port of portsOf(pid)) fail(`the MCP server listens on ${port}`);
    return { processes: 1, used };
  } finally {
    await client.close();
  }
}
