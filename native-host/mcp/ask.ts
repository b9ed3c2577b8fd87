// Asks the person, through the agent, whether a client may have the content of a place labelled `ask`. The question waits
// in popup, side panel and `headgate approvals`; a call waits for the answer only as long as clients wait for a call, then
// says how to answer, and the same call made again joins the question or takes the answer that came meanwhile.
import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { HeadgateError } from '../../shared/errors.ts';
import { endOfPath } from '../../shared/gate/names.ts';
import type { Terms } from '../../shared/gate/terms.ts';
import type { RunId, StepId } from '../../shared/ids.ts';
import { connectTerminal } from '../cli/terminal.ts';
import { type Change, packTexts } from '../gate/changes.ts';
import type { Areas } from './areas.ts';

/** Clients give up on a call after a minute. */
const WAIT_MS = 45_000;
/** A little longer than the agent keeps a question open. */
const QUESTION_MS = 11 * 60_000;
const MAX_OPEN_QUESTIONS = 20;

export interface Question {
  /** What it is, in our own words: names, sizes, never content. */
  title: string;
  items: readonly string[];
  bytes: number;
  step: StepId;
  /** Everything that a yes covers: places, identity and content. */
  bound: readonly string[];
  /** What a yes would give, for the person's eyes: made when the question is put. */
  shows(): Change;
  /** Why the person cannot see all of it: then no yes beforehand covers it. */
  uninspectable?: string | undefined;
  /** Where the files lie: what the person narrows there withdraws the question. */
  folders: readonly string[];
}

export interface Asker {
  /** Returns when the person says yes. Throws `approval_denied`, `approval_expired`, `approval_withdrawn` or, without an answer so far, `unavailable`. */
  ask(question: Question, client: string): Promise<void>;
}

type Answer = 'once' | 'run' | 'no' | 'expired' | 'withdrawn' | 'unreachable';

/** One session's questions, which are withdrawn when `session` ends. `run` names the session; a yes for the run covers all that it asks, while no label becomes stricter. */
export function createAsker(
  home: string,
  run: RunId,
  areas: Pick<Areas, 'terms' | 'isTightened'>,
  session: AbortSignal,
  waitMs: number = WAIT_MS,
): Asker {
  const open = new Map<string, Promise<Answer>>();
  setMaxListeners(MAX_OPEN_QUESTIONS, session);
  let unanswered = 0;
  let all: Terms | null = null;

  const begin = (digest: string, question: Question, client: string): Promise<Answer> => {
    unanswered += 1;
    const answered = askAgent(home, { ...question, run, digest, client }, session).then((answer) => {
      unanswered -= 1;
      // What the person has said waits for who asked; what came of itself is no answer to the next call.
      if (answer !== 'once' && answer !== 'run' && answer !== 'no') open.delete(digest);
      return answer;
    });
    open.set(digest, answered);
    return answered;
  };

  return {
    async ask(question, client) {
      if (all !== null && question.uninspectable === undefined && !areas.isTightened(all)) return;
      const digest = digestOf(question.bound);
      if (!open.has(digest) && unanswered >= MAX_OPEN_QUESTIONS)
        throw new HeadgateError('busy', 'Too many questions wait for the person already.');
      const answer = await within(open.get(digest) ?? begin(digest, question, client), waitMs);
      if (answer === null) throw waiting();
      open.delete(digest);
      if (answer === 'run') all = areas.terms();
      if (answer !== 'once' && answer !== 'run') throw refused(answer);
    },
  };
}

async function askAgent(
  home: string,
  question: Question & { run: RunId; digest: string; client: string },
  session: AbortSignal,
): Promise<Answer> {
  const { title, items, bytes, step, run, digest, client, folders, uninspectable } = question;
  try {
    using terminal = await connectTerminal({ home });
    // With the connection the agent takes the question back.
    session.addEventListener('abort', terminal.close, { once: true });
    void terminal.closed.then(() => session.removeEventListener('abort', terminal.close));
    session.throwIfAborted();
    const shown = items.slice(0, 50).map((item) => endOfPath(item, 300));
    const more = items.length - shown.length;
    const asked = {
      run,
      step,
      title: title.slice(0, 300),
      model: client,
      bytes,
      items: shown,
      more,
      digest,
      folders: [...folders],
      shows: packTexts(question.shows()),
      ...(uninspectable !== undefined && { uninspectable }),
    };
    return (await terminal.call('approvals.ask', asked, QUESTION_MS)).answer;
  } catch {
    return 'unreachable';
  }
}

function within(answered: Promise<Answer>, waitMs: number): Promise<Answer | null> {
  const { promise, resolve } = Promise.withResolvers<Answer | null>();
  const timer = setTimeout(() => resolve(null), waitMs);
  void answered.then(resolve).finally(() => clearTimeout(timer));
  return promise;
}

function digestOf(bound: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of bound) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex');
}

function waiting(): HeadgateError {
  return new HeadgateError('unavailable', 'This is labelled “ask”, and the person has not answered yet.', {
    next: 'Ask the person to say yes in Headgate’s popup or with "headgate approvals", then make this call again.',
  });
}

function refused(answer: Exclude<Answer, 'once' | 'run'>): HeadgateError {
  switch (answer) {
    case 'no':
      return new HeadgateError('approval_denied', 'The person said no to this.');
    case 'expired':
      return new HeadgateError('approval_expired', 'The question to the person has expired.', {
        next: 'Make this call again to ask anew.',
      });
    case 'withdrawn':
      return new HeadgateError('approval_withdrawn', 'The person changed what is allowed while they were asked.', {
        next: 'Make this call again to ask anew.',
      });
    case 'unreachable':
      return new HeadgateError(
        'unavailable',
        'This is labelled “ask”, and there is no way to ask the person: Headgate’s agent does not answer.',
        {
          next: 'The person can start it with "headgate agent" and the call can be made again, or label the folder open in this server’s configuration: --grant DIR:read:open',
        },
      );
  }
}
