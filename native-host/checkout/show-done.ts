// Prints a finished run: its steps with where each ran and why, and the files it wrote.
import { formatDuration, type Output, shown } from '../cli/output.ts';
import { showSteps } from '../cli/runs.ts';
import type { DoneRun } from './main-job.ts';

export function showDone({ view, files }: DoneRun, out: Output): void {
  const took = view.endedAt === null ? '' : ` in ${formatDuration(view.endedAt - view.createdAt)}`;
  out.line(
    `${view.status === 'succeeded' ? out.paint('green', '✓') : out.paint('red', '✗')} ${shown(view.title ?? view.recipe)}: ${view.status}${took}`,
  );
  if (view.message !== undefined) out.line(`  ${shown(view.message)}`);
  showSteps(view.steps, out);
  for (const file of files) out.line(`  → ${shown(file)}`);
}
