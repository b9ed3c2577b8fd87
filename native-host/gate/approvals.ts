// Approvals: the person's yes to one exact thing, be it a release, a change or the plan of a whole run. A question is on disk
// before anybody is asked, so that it outlives every restart; so is the answer, also when nobody waits for it any more. What
// a client of this device would be given is shown from memory alone, so its question goes with the agent that showed it. The
// yes is bound to a hash of all that it covers (shared/gate/approvals.ts), which is looked at again when it is used; it is
// used once; and it expires, which is an outcome of its own.
//
// With each question, and with each yes for the rest of a run, it is kept what the grants said (shared/gate/terms.ts). When
// the person narrows or revokes one, open questions about it are withdrawn at once, with what they would show; a yes for the
// rest of a run ends when a label becomes stricter, which is looked at whenever it would be used.
//
// Of the releases of one run, one question is open at a time, and a no to it, or none in time, stands for the run: what
// would have to be asked for after it is not sent.
//
// answer: NULL (open) · once, run (a yes, until `used_at`) · no · expired · withdrawn (whoever asked needs it no more, or
// what it was about is no longer what the person allows).
import { createHash, randomBytes } from 'node:crypto';
import { HeadgateError } from '../../shared/errors.ts';
import { type Bound, bindingText } from '../../shared/gate/approvals.ts';
import { type About, isNarrowed, isTightened, Terms, termsOf } from '../../shared/gate/terms.ts';
import type { Destination } from '../../shared/gate/release.ts';
import type { Warrant } from '../../shared/gate/warrants.ts';
import { type ApprovalId, makeId, type RunId } from '../../shared/ids.ts';
import { ApprovalView } from '../../shared/protocol/native.ts';
import type { Store } from '../state/database.ts';
import { allAllowed, type AllowedNow, allowedOrNull } from './allowed-now.ts';
import { type Change, NO_CHANGE, parseChange } from './changes.ts';

/** How long a question waits for the person, and a yes for its use. */
export const APPROVAL_LIFE_MS = 10 * 60_000;
/** How long it is remembered what was answered. */
const KEEP_MS = 30 * 24 * 3600_000;
/** Questions that are shown at once; the others follow as these are answered. */
const MAX_LISTED = 100;
const MAX_OPEN = 1_000;

export type Yes = 'once' | 'run';
export type Answer = Yes | 'no' | 'expired' | 'withdrawn';
export type Question = Omit<ApprovalView, 'id' | 'expiresAt'>;

export interface Asking {
  question: Question;
  bound: Bound;
  /** The grants whose content or places it is about. */
  about: About;
  /** What `show` tells of it. */
  change?: Change | undefined;
  /** A release of a run's step: it waits while another of the run is asked about. */
  inTurn?: boolean | undefined;
}

export interface Asked {
  id: ApprovalId;
  until: number;
  answered: Promise<Answer>;
  /** It is another question of the run that is open; this one was not asked. */
  isOther: boolean;
}

export interface Approvals {
  /** Asks the person, or joins the question that was asked for exactly the same, also one that has been answered meanwhile. Throws `busy` when too much is asked. */
  ask(asking: Asking, signal: AbortSignal): Asked;
  /** At the moment of use: spends the yes. Throws `approval_changed` when it was to something else, `approval_expired`, `approval_withdrawn`, `approval_denied`. */
  use(id: ApprovalId, bound: Bound): Yes;
  /** Throws `not_found`, `approval_expired`, and `forbidden` for a yes in advance to what cannot be shown. */
  answer(id: ApprovalId, answer: Yes | 'no'): void;
  /** Whether a yes for the rest of a run covers its further questions of this kind, under the labels as they are now. */
  covers(run: RunId, kind: Covered): boolean;
  /** What was answered to a release of this run, where that was no yes: it stands for the run. */
  refused(run: RunId): 'no' | 'expired' | null;
  list(): ApprovalView[];
  /** Whether a question is open, or its yes still to be used. */
  isAlive(id: ApprovalId): boolean;
  /** The person has changed grants: what was asked about more than they allow now is withdrawn. */
  withdrawNarrowed(): void;
  /** Takes back every question and every yes that has not been used, also those for the rest of a run. */
  withdrawAll(): void;
  /** An open question. Throws `not_found`. */
  find(id: ApprovalId): { view: ApprovalView; change: Change };
}

interface Row {
  id: ApprovalId;
  run: RunId;
  view: string;
  binding: string;
  answer: string | null;
  used_at: number | null;
  expires_at: number;
  detail: string | null;
  terms: string | null;
}

type Covered = 'release' | 'change';
/** Where what an MCP client of this device is given goes. */
const TO_CLIENT = 'client' satisfies Destination;
/** Which yes for the rest of a run is kept where: the terms under which it was given, `null` without one. */
const COVERED_BY = { release: 'approved_under', change: 'changes_approved_under' } as const satisfies Record<Covered, string>;

export function createApprovals(store: Store, grants: AllowedNow, now: () => number, onChange: (count: number) => void): Approvals {
  const waiting = new Map<string, Set<(answer: Answer) => void>>();
  /** Of clients' open questions, what is shown. */
  const passing = new Map<ApprovalId, Change>();
  // Who answered one that an agent before this one put would say yes to what is shown no more: the client asks anew.
  store.run(`UPDATE approvals SET answer = 'withdrawn' WHERE answer IS NULL AND json_extract(view, '$.destination') = ?`, TO_CLIENT);
  const list = (): ApprovalView[] =>
    store
      .all<Row>('SELECT * FROM approvals WHERE answer IS NULL AND expires_at > ? ORDER BY expires_at LIMIT ?', now(), MAX_LISTED)
      .map(viewOf);
  const rowOf = (id: ApprovalId) => store.get<Row>('SELECT * FROM approvals WHERE id = ?', id);
  const settle = (id: ApprovalId, answer: Answer): void => {
    for (const resolve of waiting.get(id) ?? []) resolve(answer);
    waiting.delete(id);
    passing.delete(id);
    onChange(list().length);
  };
  const end = (id: ApprovalId, how: 'expired' | 'withdrawn'): void => {
    store.run('UPDATE approvals SET answer = ?, detail = NULL WHERE id = ? AND answer IS NULL', how, id);
    settle(id, how);
  };
  /** Waits for the answer. `isOwn`: with the one who asked goes the question. */
  const waitFor = ({ id, expires_at }: Pick<Row, 'id' | 'expires_at'>, signal: AbortSignal, isOwn: boolean): Promise<Answer> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => end(id, 'expired'), Math.max(0, expires_at - now()));
      const waiters = waiting.get(id) ?? new Set();
      const told = (answer: Answer): void => {
        clearTimeout(timer);
        resolve(answer);
      };
      waiters.add(told);
      waiting.set(id, waiters);
      const stop = () => {
        if (!isOwn) {
          waiters.delete(told);
          told('withdrawn');
        } else if (isLeaving(signal)) settle(id, 'withdrawn');
        else end(id, 'withdrawn');
      };
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    });

  return {
    list,
    isAlive(id) {
      const row = rowOf(id);
      return row !== undefined && row.used_at === null && row.expires_at > now() && (row.answer === null || isYes(row.answer));
    },
    withdrawNarrowed() {
      const allowed = allowedOrNull(grants);
      if (allowed === null) return;
      const alive = store.all<Row>(
        `SELECT * FROM approvals WHERE used_at IS NULL AND expires_at > ? AND (answer IS NULL OR answer IN ('once', 'run'))`,
        now(),
      );
      for (const { id, answer } of alive.filter(({ terms }) => terms === null || isNarrowed(parseTerms(terms), allowed))) {
        if (answer === null) end(id, 'withdrawn');
        else store.run(`UPDATE approvals SET answer = 'withdrawn', detail = NULL WHERE id = ?`, id);
      }
    },
    withdrawAll() {
      store.run(`UPDATE approvals SET used_at = ?, detail = NULL WHERE used_at IS NULL AND answer IN ('once', 'run')`, now());
      store.run(
        `UPDATE runs SET approved_under = NULL, changes_approved_under = NULL
         WHERE approved_under IS NOT NULL OR changes_approved_under IS NOT NULL`,
      );
      for (const { id } of store.all<{ id: ApprovalId }>('SELECT id FROM approvals WHERE answer IS NULL')) end(id, 'withdrawn');
    },
    find(id) {
      const row = rowOf(id);
      if (row === undefined || row.answer !== null || row.expires_at <= now()) throw goneQuestion();
      return { view: viewOf(row), change: passing.get(id) ?? (row.detail === null ? NO_CHANGE : parseChange(row.detail)) };
    },
    ask({ question, bound, about, change, inTurn }, signal) {
      const isPassing = question.destination === TO_CLIENT;
      const binding = hashOf(question, bound);
      const same = findSame(store, question, binding, now());
      const other = same === undefined && inTurn === true ? findOpenRelease(store, question.run, now()) : undefined;
      const row =
        same ?? other ?? insert(store, question, binding, isPassing ? undefined : change, termsOf(allAllowed(grants), about), now());
      const asked = { id: row.id, until: row.expires_at, isOther: row === other };
      if (isYes(row.answer)) return { ...asked, answered: Promise.resolve(row.answer) };
      if (isPassing && change !== undefined) passing.set(row.id, change);
      const answered = waitFor(row, signal, row !== other);
      onChange(list().length);
      return { ...asked, answered };
    },
    use(id, bound) {
      const row = rowOf(id);
      if (row?.answer === 'withdrawn') throw withdrawn();
      if (row === undefined || row.used_at !== null || !isYes(row.answer))
        throw new HeadgateError('approval_denied', 'There is no yes to this, or it has been used already.');
      // Spent, whatever comes of it: a yes that no longer fits is not kept until it fits again.
      store.run('UPDATE approvals SET used_at = ?, detail = NULL WHERE id = ?', now(), id);
      if (row.expires_at <= now()) throw new HeadgateError('approval_expired', 'The yes to this came too long ago.');
      if (row.binding !== hashOf(viewOf(row), bound))
        throw new HeadgateError('approval_changed', 'Something has changed since you were asked, so your yes does not count for it.', {
          next: 'Start it again, and you are asked about what it is now.',
        });
      return row.answer;
    },
    answer(id, answer) {
      const row = rowOf(id);
      if (row === undefined || row.answer !== null) throw goneQuestion();
      if (row.expires_at <= now())
        throw new HeadgateError('approval_expired', 'That question has expired.', { next: 'Start the run again.' });
      const { kind, uninspectable } = viewOf(row);
      if (answer === 'run' && uninspectable !== undefined)
        throw new HeadgateError('forbidden', 'What cannot be shown is never approved in advance.', { next: 'Say yes to it once.' });
      const answered = [id, ...(answer === 'run' ? siblingsOf(store, row, kind, now()) : [])];
      store.transaction(() => {
        for (const each of answered)
          store.run(
            'UPDATE approvals SET answer = ?, expires_at = ?, detail = NULL WHERE id = ?',
            answer,
            answer === 'no' ? now() : now() + APPROVAL_LIFE_MS,
            each,
          );
        if (answer === 'run' && kind !== 'plan') coverRun(store, row.run, kind, allAllowed(grants));
      });
      for (const each of answered) settle(each, answer);
    },
    covers(run, kind) {
      const under = store.get<{ under: string | null }>(`SELECT ${COVERED_BY[kind]} AS under FROM runs WHERE id = ?`, run)?.under ?? null;
      return under !== null && !isTightened(parseTerms(under), allAllowed(grants));
    },
    refused: (run) =>
      store.get<{ answer: 'no' | 'expired' }>(
        `SELECT answer FROM approvals WHERE run = ? AND answer IN ('no', 'expired') AND json_extract(view, '$.kind') = 'release' LIMIT 1`,
        run,
      )?.answer ?? null,
  };
}

/** A yes for the rest of a run, under what its grants say now. Within the caller's transaction. */
export function coverRun(store: Store, run: RunId, kind: Covered, allowed: Parameters<typeof termsOf>[0]): void {
  const warrant = store.get<{ warrant: string }>('SELECT warrant FROM runs WHERE id = ?', run)?.warrant;
  // A run that is not ours, such as an MCP client's session, keeps its yes itself.
  if (warrant === undefined) return;
  const terms = termsOf(allowed, { grants: (JSON.parse(warrant) as Pick<Warrant, 'grants'>).grants });
  store.run(`UPDATE runs SET ${COVERED_BY[kind]} = ? WHERE id = ?`, JSON.stringify(terms), run);
}

/**
 * Asks, waits, and takes the yes for what it is then; `null` when it was another question of the run that was answered, and
 * this one is to be decided anew. `bound` is looked at twice: for the question, and when the yes is used. Throws
 * `approval_denied`, `approval_expired`, `approval_withdrawn` or `approval_changed`.
 */
export async function approve(
  approvals: Approvals,
  { bound, ...asking }: Omit<Asking, 'bound'> & { bound(): Bound | Promise<Bound> },
  /** Told while the person is asked, and when they have answered. */
  on: { signal: AbortSignal; onWaiting(until: number): void; onAnswered(): void },
): Promise<Yes | null> {
  const { id, until, answered, isOther } = approvals.ask({ ...asking, bound: await bound() }, on.signal);
  on.onWaiting(until);
  const answer = await answered;
  on.signal.throwIfAborted();
  if (isOther) return null;
  if (answer === 'once' || answer === 'run') {
    on.onAnswered();
    return approvals.use(id, await bound());
  }
  throw noYes(answer);
}

/** What the answer of a person who did not say yes comes to. */
export function noYes(answer: Exclude<Answer, Yes>): HeadgateError {
  switch (answer) {
    case 'no':
      return new HeadgateError('approval_denied', 'You said no to this.');
    case 'expired':
      return new HeadgateError('approval_expired', 'The question to you expired.');
    case 'withdrawn':
      return withdrawn();
  }
}

function withdrawn(): HeadgateError {
  return new HeadgateError('approval_withdrawn', 'You changed what is allowed while you were asked, so the question was withdrawn.', {
    next: 'Start it again, and you are asked about what it is now.',
  });
}

/** What expired while nobody looked, and what is too old to be remembered. */
export function purgeApprovals(store: Store, now: number): void {
  store.run(`UPDATE approvals SET answer = 'expired', detail = NULL WHERE answer IS NULL AND expires_at <= ?`, now);
  store.run('UPDATE approvals SET detail = NULL WHERE detail IS NOT NULL AND expires_at <= ?', now);
  store.run('DELETE FROM approvals WHERE expires_at <= ?', now - KEEP_MS);
}

function parseTerms(json: string): Terms {
  return Terms.parse(JSON.parse(json));
}

/** A step that an agent's leaving interrupts asks the same again; one that is cancelled does not. */
function isLeaving({ reason }: AbortSignal): boolean {
  return reason instanceof HeadgateError && reason.code === 'agent_down';
}

function isYes(answer: string | null): answer is Yes {
  return answer === 'once' || answer === 'run';
}

function hashOf({ kind, run, step }: Pick<Question, 'kind' | 'run' | 'step'>, bound: Bound): string {
  return createHash('sha256').update(`${kind} ${run} ${step}\n`).update(bindingText(bound)).digest('hex');
}

function viewOf(row: Row): ApprovalView {
  return { ...ApprovalView.parse(JSON.parse(row.view)), expiresAt: row.expires_at };
}

function goneQuestion(): HeadgateError {
  return new HeadgateError('not_found', 'That question has already been answered, or has expired.');
}

/** Open, or answered with a yes that nobody has used yet. */
function findSame(store: Store, { run, step }: Question, binding: string, now: number): Row | undefined {
  return store.get<Row>(
    `SELECT * FROM approvals WHERE run = ? AND step = ? AND binding = ? AND used_at IS NULL AND expires_at > ?
      AND (answer IS NULL OR answer IN ('once', 'run')) ORDER BY answer IS NULL LIMIT 1`,
    run,
    step,
    binding,
    now,
  );
}

/** The question about a release of this run that is open. */
function findOpenRelease(store: Store, run: RunId, now: number): Row | undefined {
  return store.get<Row>(
    `SELECT * FROM approvals WHERE run = ? AND answer IS NULL AND expires_at > ? AND json_extract(view, '$.kind') = 'release' LIMIT 1`,
    run,
    now,
  );
}

function insert(store: Store, question: Question, binding: string, change: Change | undefined, terms: Terms, now: number): Row {
  const open = store.get<{ count: number }>('SELECT count(*) AS count FROM approvals WHERE answer IS NULL AND expires_at > ?', now);
  if ((open?.count ?? 0) >= MAX_OPEN) throw new HeadgateError('busy', 'Too many questions wait for you already.');
  const view: ApprovalView = { ...question, id: makeId('a', randomBytes), expiresAt: now + APPROVAL_LIFE_MS };
  const detail = change === undefined ? null : JSON.stringify(change);
  store.run(
    'INSERT INTO approvals (id, run, step, view, binding, expires_at, detail, terms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    view.id,
    view.run,
    view.step,
    JSON.stringify(view),
    binding,
    view.expiresAt,
    detail,
    JSON.stringify(terms),
  );
  return {
    ...view,
    view: JSON.stringify(view),
    binding,
    answer: null,
    used_at: null,
    expires_at: view.expiresAt,
    detail,
    terms: JSON.stringify(terms),
  };
}

/** The run's other open questions of a kind; what cannot be shown is answered by itself only. */
function siblingsOf(store: Store, { id, run }: Row, kind: ApprovalView['kind'], now: number): ApprovalId[] {
  return store
    .all<Row>('SELECT * FROM approvals WHERE run = ? AND id != ? AND answer IS NULL AND expires_at > ?', run, id, now)
    .map(viewOf)
    .filter((view) => view.kind === kind && view.uninspectable === undefined)
    .map((view) => view.id);
}
