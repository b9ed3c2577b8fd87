// The person of the house, through the real relay as the browser starts it: begins ordinary tasks, and answers what is asked
// by where it is from. Whatever else is asked is remembered as a question that nobody should have been asked.
import type { RunId } from '../../../shared/ids.ts';
import type { RunView } from '../../../shared/run/view.ts';
import type { AgentProcess } from '../../support/world/agent.ts';
import type { Relay } from '../../support/world/relay.ts';
import { until } from '../../support/world/until.ts';
import type { ApprovalView } from '../../../shared/protocol/native.ts';
import type { GrantName, House } from './house.ts';
import type { Web } from './web.ts';

export interface Task {
  name: string;
  recipe: string;
  input: Record<string, unknown>;
  /** How questions about it are answered; `null`: there must be none. */
  answer: 'run' | 'no' | null;
}

export interface Person {
  /** Runs by their task; runs are added while they are begun. */
  tasks: Map<RunId, Task>;
  /** Answers that the person had to give, by run. */
  asked: Map<RunId, number>;
  /** Questions that no task of the person's leads to. */
  strange: string[];
  /** Whole plans that somebody else asked for: the person says no to each. */
  plans: ApprovalView[];
  begin(task: Task): Promise<RunId>;
  /** Waits for the run's end. */
  ended(run: RunId): Promise<RunView>;
  close(): Promise<void>;
}

const LOOK_EVERY_MS = 20;
const RUN_DEADLINE_MS = 60_000;

export function ordinaryTasks({ grants, commands, query }: House, web: Web): Task[] {
  const digest = (grant: GrantName, answer: Task['answer']): Task => ({
    name: `digest of ${grant}`,
    recipe: 'folder.digest',
    input: { grant: grants[grant] },
    answer,
  });
  const markdown = '# A page\n\nThe weir was rebuilt in the spring. The keeper opens the gate at noon. Barges wait at the lock.\n';
  const page = {
    url: 'https://weir.example/page',
    title: 'A page of the web',
    site: 'weir.example',
    language: 'en',
    clippedAt: '2026-11-20',
  };
  return [
    digest('Open', null),
    digest('AskYes', 'run'),
    digest('AskNo', 'no'),
    digest('Home', null),
    { name: 'find', recipe: 'files.find', input: { query: query.word }, answer: null },
    { name: 'save a page', recipe: 'page.save', input: { grant: grants.Open, page, markdown }, answer: null },
    { name: 'device', recipe: 'device.info', input: {}, answer: null },
    { name: 'a command', recipe: 'command.run', input: { command: commands.count, values: { in: 'report 0.md' } }, answer: null },
    {
      name: 'a command on what stays',
      recipe: 'command.run',
      input: { command: commands.print, values: { in: 'diary.txt' } },
      answer: null,
    },
    { name: 'save a link', recipe: 'link.save', input: { grant: grants.Open, url: web.at('/report.txt') }, answer: null },
  ];
}

export function createPerson(relay: Relay, agent: AgentProcess): Person {
  const answered = new Set<string>();
  let closed = false;
  const person: Person = {
    tasks: new Map(),
    asked: new Map(),
    strange: [],
    plans: [],
    async begin(task) {
      const answer = await relay.ask('runs.start', { recipe: task.recipe, input: task.input });
      const run = answer.result?.run as RunId | undefined;
      if (run === undefined) throw new Error(`${task.name} did not start: ${JSON.stringify(answer.error)}`);
      person.tasks.set(run, task);
      return run;
    },
    async ended(run) {
      let view: RunView | null = null;
      const ended = async () => {
        view = await (await agent.terminal()).call('runs.get', { run });
        return view.endedAt === null ? null : view;
      };
      return until(`the end of ${person.tasks.get(run)?.name}`, ended, RUN_DEADLINE_MS).catch((error: unknown) => {
        const steps = view?.steps.map(({ step, status, code }) => `${step} ${status} ${code ?? ''}`.trim()).join(', ');
        throw new Error(`${error instanceof Error ? error.message : String(error)}; its steps: ${steps}`);
      });
    },
    async close() {
      closed = true;
      await looking;
    },
  };

  const look = async (): Promise<void> => {
    while (!closed) {
      const { approvals } = await (await agent.terminal()).call('approvals.list', {});
      for (const approval of approvals) {
        const { id, run, title, kind } = approval;
        const task = person.tasks.get(run);
        if (kind === 'plan' && !answered.has(id)) {
          answered.add(id);
          person.plans.push(approval);
          await relay.ask('approvals.answer', { approval: id, answer: 'no' });
        }
        // A question may be there before the answer to `runs.start` is.
        if (answered.has(id) || task === undefined) continue;
        answered.add(id);
        if (task.answer === null) person.strange.push(`${task.name}: ${title}`);
        const { error } = await relay.ask('approvals.answer', { approval: id, answer: task.answer ?? 'no' });
        // A yes for the run answered its other questions as well: they are gone before anybody can.
        if (error === undefined) person.asked.set(run, (person.asked.get(run) ?? 0) + 1);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  };
  // An agent that answers nobody is a finding like any other.
  const looking = look().catch((thrown: unknown) => {
    if (!closed) person.strange.push(`nobody could look any more: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  });
  return person;
}
