// The only place of the host that reads the environment. Kept free of dependencies: the relay loads it at each start.
import { homedir, tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';

/** Where the host keeps everything of its own: `HEADGATE_HOME`, else the platform's usual folder. */
export function hostHome(env: NodeJS.ProcessEnv = process.env, platform: NodeJS.Platform = process.platform): string {
  const chosen = env.HEADGATE_HOME;
  if (chosen) return resolve(chosen);
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Headgate');
  if (platform === 'win32') return join(env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'Headgate');
  return join(env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state'), 'headgate');
}

/** How a terminal calls the host of this home: `npx headgate`, and ahead of it the home where that is not the usual one. */
export function terminalCall(home: string, env: NodeJS.ProcessEnv = process.env, platform: NodeJS.Platform = process.platform): string {
  const { HEADGATE_HOME: _chosen, ...usual } = env;
  if (resolve(home) === hostHome(usual, platform)) return 'npx headgate';
  if (platform === 'win32') return `$env:HEADGATE_HOME='${home.replaceAll("'", "''")}'; npx headgate`;
  const word = /^[\w@%+=:,./-]+$/.test(home) ? home : `'${home.replaceAll("'", "'\\''")}'`;
  return `HEADGATE_HOME=${word} npx headgate`;
}

/**
 * Folder for the agent's socket, short enough for the 108 bytes of a socket address, of this user alone. Without a folder of the
 * session's own it lies right in the one for temporary files, whose sticky bit keeps others from putting theirs in its place.
 */
export function socketFolder(home: string, env: NodeJS.ProcessEnv = process.env): string {
  if (env.XDG_RUNTIME_DIR) return join(env.XDG_RUNTIME_DIR, `headgate-${shortHash(home)}`);
  return join(tmpdir(), `headgate-${userInfo().username.slice(0, 20)}-${shortHash(home)}`);
}

/** Address of the agent's socket, or of its named pipe on Windows. */
export function socketPath(home: string, env: NodeJS.ProcessEnv = process.env, platform: NodeJS.Platform = process.platform): string {
  return platform === 'win32' ? `\\\\.\\pipe\\headgate-${shortHash(home)}` : join(socketFolder(home, env), 'agent.sock');
}

export function agentFile(home: string): string {
  return join(home, 'agent.json');
}

export function logFile(home: string): string {
  return join(home, 'agent.log');
}

/** The desktop's trash on Linux (XDG base directories). */
export function trashHome(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_DATA_HOME ?? join(homedir(), '.local', 'share'), 'Trash');
}

/** Tests only: where in the journal this process kills itself, `POINT` or `POINT:3` for the third time it gets there. */
export function faultSetting(env: NodeJS.ProcessEnv = process.env): string | null {
  return env.HEADGATE_FAULT || null;
}

/** Minutes without browsers, runs or schedules after which the agent leaves. */
export function idleExitMs(env: NodeJS.ProcessEnv = process.env): number {
  const seconds = Number(env.HEADGATE_IDLE_SECONDS);
  return (Number.isFinite(seconds) && seconds > 0 ? seconds : 600) * 1000;
}

const PASSED_ON =
  /^(PATH|HOME|USER|LOGNAME|LANG|LANGUAGE|LC_[A-Z]+|TZ|TMPDIR|DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|DBUS_SESSION_BUS_ADDRESS|DESKTOP_SESSION|KDE_[A-Z_]+|GNOME_[A-Z_]+|XDG_[A-Z_]+|SystemRoot|SystemDrive|windir|ComSpec|PATHEXT|TEMP|TMP|APPDATA|LOCALAPPDATA|USERPROFILE|USERNAME|HOMEDRIVE|HOMEPATH|ProgramData|ProgramFiles|ProgramFiles\(x86\))$/i;

/** What a program that the host starts gets to know: where things are and how the desktop is reached, no settings of ours and nothing secret. */
export function childEnvironment(
  more: Readonly<Record<string, string>> = {},
  env: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const [key, value] of Object.entries(env)) if (value !== undefined && PASSED_ON.test(key)) passed[key] = value;
  return { ...passed, ...more };
}

/** Headgate's own settings, for another process of Headgate itself and for no other. */
export function ownSettings(env: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const own: Record<string, string> = {};
  for (const [key, value] of Object.entries(env)) if (value !== undefined && /^HEADGATE_/.test(key)) own[key] = value;
  return own;
}

/** FNV-1a, 64 bits: tells homes apart in a path, protects nothing. */
function shortHash(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(text)) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  return hash.toString(16).padStart(16, '0');
}
