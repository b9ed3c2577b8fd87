// What fits through the link to the cloud, by type. A plain string does not: content must come from the gate (`Released`),
// what the cloud keeps must be encrypted (`Sealed`), and what is told of a run must have lost its words (`Wordless`). Each
// of the three is made in one file only. `test/conventions/outgoing.test.ts` shows that nothing else compiles.
import type { AGENT_METHODS, AgentMethod } from '../../shared/protocol/agent.ts';
import type { ParamsIn } from '../../shared/protocol/rpc.ts';
import type { TextQuestion } from '../../shared/ops/text.ts';
import type { Report, RunEvent } from '../../shared/run/events.ts';
import type { Released } from '../gate/release.ts';
import type { Sealed } from './keys.ts';
import type { Wordless } from './wordless.ts';

/** A question whose texts have a receipt. */
export type ReleasedQuestion = Omit<TextQuestion, 'texts'> & { texts: Released<string[]> };

type Params<Name extends AgentMethod> = ParamsIn<typeof AGENT_METHODS, Name>;

interface Narrowed {
  infer: Omit<Params<'infer'>, 'question'> & { question: ReleasedQuestion };
  'run.submit': Omit<Params<'run.submit'>, 'sealed'> & { sealed: Sealed };
  'run.replicate': { events: Wordless<RunEvent>[]; sealed: Sealed };
  'task.report': Omit<Params<'task.report'>, 'report'> & { report: Wordless<Report> };
}

export type Outgoing<Name extends AgentMethod> = Name extends keyof Narrowed ? Narrowed[Name] : Params<Name>;
