// The launcher that a browser starts: a few lines that name runtime, relay and Headgate's folder absolutely, because a
// browser started from a desktop has neither the person's PATH nor their settings. Pure text.

export interface LauncherFacts {
  node: string;
  relay: string;
  home: string;
}

/** The relay only passes bytes on: it needs no compiler and a small young generation. */
export const RELAY_FLAGS = ['--max-semi-space-size=1', '--jitless'] as const;
/** For glibc: the streams' 64 KiB buffers go back to the system when they are freed (58 → 48 MB after 10 MB have passed). */
export const RELAY_ENVIRONMENT = { MALLOC_MMAP_THRESHOLD_: '32768' } as const;

/** Name of the launcher in its folder. */
export function launcherName(platform: NodeJS.Platform): string {
  return platform === 'win32' ? 'headgate-host.bat' : 'headgate-host';
}

export function launcherText(facts: LauncherFacts, platform: NodeJS.Platform): string {
  return platform === 'win32' ? batchText(facts) : shellText(facts);
}

function shellText({ node, relay, home }: LauncherFacts): string {
  return [
    '#!/bin/sh',
    "# Started by browsers: Headgate's native host.",
    `HEADGATE_HOME=${quoteShell(home)}`,
    'export HEADGATE_HOME',
    ...Object.entries(RELAY_ENVIRONMENT).map(([name, value]) => `export ${name}=${value}`),
    `exec ${quoteShell(node)} ${RELAY_FLAGS.join(' ')} ${quoteShell(relay)} "$@"`,
    '',
  ].join('\n');
}

/** Code page 65001 lets names beyond ASCII through; the browser's arguments are passed on as they came. */
function batchText({ node, relay, home }: LauncherFacts): string {
  return [
    '@echo off',
    'chcp 65001 >nul',
    `set "HEADGATE_HOME=${escapeBatch(home)}"`,
    `"${escapeBatch(node)}" ${RELAY_FLAGS.join(' ')} "${escapeBatch(relay)}" %*`,
    '',
  ].join('\r\n');
}

/** One word for sh, whatever it holds. */
export function quoteShell(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

function escapeBatch(text: string): string {
  return text.replaceAll('%', '%%');
}

/** Runtime, relay and home that an sh launcher of ours names, or `null` when the text is not one. */
export function parseShellLauncher(text: string): LauncherFacts | null {
  const word = "('(?:[^']|'\\\\'')*')";
  const found = new RegExp(`^HEADGATE_HOME=${word}$[^]*^exec ${word} (?:--[a-z0-9=-]+ )*${word} "\\$@"$`, 'm').exec(text);
  if (found === null) return null;
  const [, home = '', node = '', relay = ''] = found;
  return { home: unquoteShell(home), node: unquoteShell(node), relay: unquoteShell(relay) };
}

function unquoteShell(word: string): string {
  return word.slice(1, -1).replaceAll("'\\''", "'");
}
