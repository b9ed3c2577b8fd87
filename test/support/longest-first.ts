// In which order test files are run: within a project those that take longest come first, so that in the end no worker is left alone
// with one of them. vitest goes by size where it remembers no times, and a fresh clone remembers none. Beyond these few it may.
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** From about ten seconds on, the longest first. */
export const LONGEST = [
  'native-host/cli/command-line',
  'native-host/ops/os/run',
  'native-host/mcp/serve',
  'shared/text/hostile',
  'cloud/main',
  'native-host/runs/asked-over-the-api',
  'native-host/cli/command',
  'native-host/ops/doc/text',
  'cloud/store/store',
  'cloud/agents/agent-door',
  'chaos/journal',
  'chaos/journal-undo',
  'attack/framing',
  'attack/planner',
  'attack/paths',
  'attack/race',
  'e2e/survival',
  'e2e/save',
  'e2e/start',
  'e2e/layers',
  'e2e/panel',
  'e2e/download',
  'e2e/popup',
  'e2e/digest',
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const projects = [...new Set(sorted.map(({ project }) => project.name))];
    return sorted.toSorted(
      (one, two) => projects.indexOf(one.project.name) - projects.indexOf(two.project.name) || rankOf(one.moduleId) - rankOf(two.moduleId),
    );
  }
}

export function rankOf(path: string): number {
  const rank = LONGEST.findIndex((name) =>
    path
      .replaceAll('\\', '/')
      .replace(/(\.e2e)?\.test\.tsx?$/, '')
      .endsWith(`/test/${name}`),
  );
  return rank < 0 ? LONGEST.length : rank;
}
