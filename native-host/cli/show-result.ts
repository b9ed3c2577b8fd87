// A run's result in the terminal: files as absolute paths, hits by file and line, facts by name.
import type { RunResult } from '../../shared/protocol/native.ts';
import type { RunView } from '../../shared/run/view.ts';
import { EXIT, type Exit } from './exit-codes.ts';
import { formatDuration, type Output, shown } from './output.ts';

type ResultOfKind<Kind extends RunResult['kind']> = Extract<RunResult, { kind: Kind }>;

/** Shows how the run ended and what it made. `files` are the paths of written files. */
export function showResult(view: RunView, result: RunResult, files: readonly string[], out: Output): void {
  if (result.kind === 'hits') showHits(result, out);
  else if (result.kind === 'facts') out.table(result.facts.map(({ label, value }) => [label, shown(value)]));
  else showFiles(view, files, out);
}

/**
 * What a command said, as it said it but for what would steer the terminal, and beside it how it ended: on stderr, so that
 * stdout can be passed on. The exit code is that of a run that failed where the command's own says so.
 */
export function showOutput(view: RunView, { code, stdout, stderr }: { code: number; stdout: string; stderr: string }, out: Output): Exit {
  const lines = (text: string) =>
    text === ''
      ? []
      : text
          .replace(/\n$/, '')
          .split('\n')
          .map((line) => shown(line).replaceAll('‹U+0009›', '\t'));
  for (const line of lines(stdout)) out.line(line);
  if (out.json) return code === 0 ? EXIT.ok : EXIT.failed;
  for (const line of lines(stderr)) out.note(line);
  const notes = view.steps.flatMap((step) => (step.note === undefined ? [] : [step.note]));
  out.note(
    out.paint('dim', `${code === 0 ? '✓' : '✗'} ${shown(view.title ?? view.recipe)}: ${shown([...notes, `exit code ${code}`].join('; '))}`),
  );
  return code === 0 ? EXIT.ok : EXIT.failed;
}

function showFiles(view: RunView, files: readonly string[], out: Output): void {
  const took = view.endedAt === null ? '' : ` in ${formatDuration(view.endedAt - view.createdAt)}`;
  out.line(`${out.paint('green', '✓')} ${shown(view.title ?? view.recipe)}${took}`);
  for (const file of files) out.line(`  ${shown(file)}`);
  for (const note of new Set(view.steps.flatMap((step) => (step.note === undefined ? [] : [step.note]))))
    out.line(out.paint('dim', `  ${shown(note)}`));
}

function showHits({ hits, total }: ResultOfKind<'hits'>, out: Output): void {
  if (hits.length === 0) out.line('Nothing found.');
  for (const [at, { name, folder, line, excerpt, handle }] of hits.entries()) {
    // Hits of one file come one after the other, under its name.
    if (hits[at - 1]?.handle !== handle)
      out.line(
        `${out.paint('dim', folder === '' ? '' : shown(`${folder}/`))}${out.paint('bold', shown(name))}  ${out.paint('dim', handle)}`,
      );
    if (line !== null) out.line(`${out.paint('dim', String(line).padStart(6))}  ${shown(excerpt)}`);
  }
  if (total > hits.length) out.line(`${hits.length} of ${total} shown.`);
  if (hits.length > 0) out.line(out.paint('dim', 'headgate run open HANDLE opens one.'));
}
