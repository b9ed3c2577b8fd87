// fs.search: text in files, over all the grants that it is given. ripgrep only proposes files; each is opened again
// through the gate, and what is shown is what the gate read. So a file is read once for all its hits, and a proposal that
// leads out of the grant shows nothing. At home only.
import { HeadgateError } from '../../../shared/errors.ts';
import type { Grant } from '../../../shared/gate/grants.ts';
import { strictest } from '../../../shared/gate/labels.ts';
import { SCREEN_CAPS } from '../../../shared/gate/release.ts';
import { openFileIn, openRoot, readFile, referenceTo } from '../../gate/resolve.ts';
import { runProcess } from '../../spawn.ts';
import { type FoundFile, labelOfFile, takeUp } from '../access.ts';
import type { HitsContent } from '../content.ts';
import { decodeText } from '../decode.ts';
import type { Op, OpContext } from '../op.ts';
import { eachGrant, type IsElsewhere } from './each-grant.ts';
import { lookInTurn } from './in-turn.ts';
import { createMatcher, findLines, type FoundLine, type Matcher } from './lines.ts';
import { createParents, type Parents } from './parents.ts';
import { MAX_DEPTH } from './walk.ts';

/** Larger files are not searched. */
const MAX_SEARCHED_BYTES = 10_000_000;
/** Lines of one file that are shown; the others are only counted. */
const MAX_PER_FILE = 20;
const DEADLINE_MS = 45_000;
const MAX_PROPOSED_BYTES = 50_000_000;

interface Search {
  context: OpContext;
  matcher: Matcher;
  max: number;
  /** Lines that hold the phrase in the files read so far, and those of them that are shown. */
  total: number;
  shown: number;
  files: (FoundFile & { lines: FoundLine[] })[];
}

export const search: Op<'fs.search'> = async ({ query, grants, max }, context) => {
  const matcher = createMatcher(query);
  const state: Search = { context, matcher, max: Math.min(max, SCREEN_CAPS.hits), total: 0, shown: 0, files: [] };
  const notes: (string | undefined)[] = [];
  if (matcher.patterns.length > 0) {
    const opened = await eachGrant(context, grants, async (grant, isElsewhere) => {
      if (state.shown < state.max) notes.push(await searchGrant(state, grant, isElsewhere));
    });
    notes.push(opened.note);
  }
  if (state.shown >= state.max) notes.push(`stopped at ${state.max} hits`);
  const content: HitsContent = { total: state.total, hits: hitsOf(state) };
  const outputs = [context.handles.putText('hits', JSON.stringify(content), strictest(state.files.map(({ label }) => label)))];
  const note = notes.filter((part) => part !== undefined).join('; ');
  return note === '' ? { outputs } : { outputs, note };
};

async function searchGrant(state: Search, grant: Grant, isElsewhere: IsElsewhere): Promise<string | undefined> {
  using root = openRoot(grant);
  using parents = createParents(root);
  const proposals = lookInTurn((path) => {
    if (!isElsewhere(path)) readProposed(state, parents, path);
    return state.shown < state.max;
  }, state.context.signal);
  let rest: Buffer = Buffer.alloc(0);
  const end = await runProcess(await ripgrep(), ripgrepArgs(state.matcher), {
    cwd: grant.folder,
    deadlineMs: DEADLINE_MS,
    maxOutputBytes: MAX_PROPOSED_BYTES,
    signal: state.context.signal,
    onOutput(chunk) {
      const all = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const paths: string[] = [];
      let start = 0;
      for (let zero = all.indexOf(0); zero >= 0; zero = all.indexOf(0, start)) {
        paths.push(proposed(all, start, zero));
        start = zero + 1;
      }
      rest = all.subarray(start);
      return proposals.add(paths);
    },
  });
  await proposals.done();
  switch (end.how) {
    case 'missing':
      throw new HeadgateError('unavailable', 'The search program (ripgrep) is missing or cannot be started.', {
        next: 'Install Headgate again.',
      });
    case 'cancelled':
      throw new HeadgateError('cancelled', 'The run was cancelled.');
    case 'deadline':
      return `stopped after ${DEADLINE_MS / 1000} seconds`;
    default:
      return end.code === 2 ? 'some files could not be searched' : undefined;
  }
}

/** Opens a proposed file through the gate and takes the hits from what is really there. */
function readProposed(state: Search, parents: Parents, path: string): void {
  try {
    const { folder, name } = parents.of(path);
    using file = openFileIn(folder, name);
    const text = decodeText(readFile(file, MAX_SEARCHED_BYTES));
    if (text === null) return;
    const lines = findLines(text, state.matcher, Math.min(MAX_PER_FILE, state.max - state.shown));
    if (lines.found.length === 0) return;
    state.files.push({ grant: file.grant, file: referenceTo(file), label: labelOfFile(state.context, file), lines: lines.found });
    state.shown += lines.found.length;
    state.total += lines.total;
  } catch (thrown) {
    // Gone, changed, protected or no permission: the gate does not show it.
    if (!(thrown instanceof HeadgateError)) throw thrown;
  }
}

/** By path and line; ripgrep's own order is that of its threads. */
function hitsOf({ context, files }: Search): HitsContent['hits'] {
  files.sort((a, b) => (a.file.path < b.file.path ? -1 : 1));
  const handles = takeUp(context, files);
  return files.flatMap(({ file, lines }, index) => {
    const handle = handles[index]?.handle;
    return handle === undefined ? [] : lines.map(({ line, excerpt }) => ({ handle, grant: file.grant, path: file.path, line, excerpt }));
  });
}

function ripgrepArgs(matcher: Matcher): string[] {
  return [
    '--no-config',
    '--files-with-matches',
    '--null',
    '--fixed-strings',
    '--ignore-case',
    '--no-ignore',
    '--no-follow',
    '--no-messages',
    '--one-file-system',
    '--glob=!node_modules',
    `--max-depth=${MAX_DEPTH}`,
    `--max-filesize=${MAX_SEARCHED_BYTES}`,
    '--color=never',
    ...matcher.patterns.map((pattern) => `--regexp=${pattern}`),
    '--',
    './',
  ];
}

/** Loaded at the first search: the package looks for its program when it is imported. */
async function ripgrep(): Promise<string> {
  try {
    return (await import('@vscode/ripgrep')).rgPath;
  } catch (cause) {
    throw new HeadgateError('unavailable', 'The search program (ripgrep) is not installed for this system.', {
      cause,
      next: 'Install Headgate again, with its optional packages.',
    });
  }
}

function proposed(bytes: Buffer, start: number, end: number): string {
  const path = bytes.toString('utf8', start + 2, end);
  return process.platform === 'win32' ? path.replaceAll('\\', '/') : path;
}
