// Runs that somebody else asks for, through the cloud. The device takes nothing of a request but a recipe's name and ids: the
// plan is its own, and so are the words in which the person is asked about it. A standing warrant starts the run; else the
// person approves its whole plan; else it is refused, and the cloud learns a code and nothing more.
//
// A request has one row, and one end. It may come again at any time, also after a crash: it gets the report of its row. Row,
// run and the line for the outbox are written together, so a request starts one run at most.
import { randomBytes } from 'node:crypto';
import { HeadgateError, toErrorData, type ErrorCode } from '../../shared/errors.ts';
import { decideRequest, type RequestFacts } from '../../shared/gate/requests.ts';
import { decideStanding } from '../../shared/gate/warrants.ts';
import { type ApprovalId, makeId, type RequestId, type RunId } from '../../shared/ids.ts';
import type { RequestReport } from '../../shared/protocol/agent.ts';
import { type Approvals, noYes } from '../gate/approvals.ts';
import { findRecipe } from '../../shared/recipes/all.ts';
import type { CountedStanding, NewStanding, Standing } from '../gate/standing.ts';
import type { GrantReader } from '../gate/grant-reader.ts';
import type { Store } from '../state/database.ts';
import type { RunRecord } from './log.ts';
import { boundOf, questionOf, type RunRequest, sameAs, startOf } from './asked-plan.ts';
import { mayRelease, planWords } from './plan-words.ts';
import type { Leave, Plan, StartRequest } from './start.ts';

const HOUR_MS = 3600_000;
/** How long a request is remembered: longer than any cloud may go on sending it. */
const KEEP_MS = 30 * 24 * HOUR_MS;

export interface RequestServices {
  store: Store;
  approvals: Approvals;
  standing: Standing;
  grants: GrantReader;
  now(): number;
  /** The cloud's best model, `null` when it is away. */
  cloudModel(): string | null;
  plan(request: StartRequest): Plan;
  /** Within the caller's transaction. What must follow it is done by `started`. */
  start(request: StartRequest, leave: Leave): RunRecord;
  started(record: RunRecord): void;
  /** Within the caller's transaction: queues the report for the cloud. */
  queue(run: RunId, request: RequestId, report: RequestReport): void;
  /** After it: sends what was queued. */
  flush(): void;
  /** Tells the cloud once, without keeping it: for what it asks again anyway. */
  tell(request: RequestId, report: RequestReport): void;
  logError(error: unknown, where: string): void;
}

export interface Requests {
  take(request: RunRequest): void;
  /** What would stand if the person said *always* to a plan. Throws `not_found`, `unsupported`. */
  offer(approval: ApprovalId): Offer;
  /** The person's yes to a plan for now and for ever again: a standing warrant for the same. Throws like `offer`. */
  always(approval: ApprovalId): CountedStanding;
  /** Goes on with the questions that a crash left. */
  recover(): void;
  close(): void;
}

export interface Offer {
  wish: NewStanding;
  /** In the host's own words: what is asked for, and what it may do each time. */
  title: string;
  words: string[];
}

interface Row {
  id: RequestId;
  request: string;
  run: RunId;
  state: 'asked' | 'started' | 'refused';
  approval: ApprovalId | null;
  code: ErrorCode | null;
}

export function createRequests(services: RequestServices): Requests {
  const { store, approvals, standing, now } = services;
  const stop = new AbortController();

  const rowOf = (id: RequestId) => store.get<Row>('SELECT * FROM run_requests WHERE id = ?', id);
  const insert = (request: RunRequest, run: RunId, same: string, state: Row['state'], code: ErrorCode | null): void => {
    store.run(
      'INSERT INTO run_requests (id, at, request, same, run, state, asked, code, ended_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
      request.request,
      now(),
      // Only a question is gone on with. What is refused may be of any size, and is nobody's business later.
      state === 'asked' ? JSON.stringify(request) : '',
      same,
      run,
      state,
      state === 'asked' ? 1 : 0,
      code,
      state === 'asked' ? null : now(),
    );
  };
  const end = ({ id, run }: Pick<Row, 'id' | 'run'>, outcome: { run: RunId } | { code: ErrorCode }): void => {
    const started = 'run' in outcome;
    store.run(
      'UPDATE run_requests SET state = ?, code = ?, ended_at = ? WHERE id = ?',
      started ? 'started' : 'refused',
      started ? null : outcome.code,
      now(),
      id,
    );
    services.queue(run, id, started ? { type: 'started', run: outcome.run } : { type: 'refused', code: outcome.code });
  };
  const refuse = (request: RunRequest, same: string, code: ErrorCode): void => {
    store.transaction(() => {
      const run = makeId('r', randomBytes);
      insert(request, run, same, 'refused', code);
      services.queue(run, request.request, { type: 'refused', code });
    });
    services.flush();
  };

  const endNow = (row: Pick<Row, 'id' | 'run'>, code: ErrorCode): void => {
    store.transaction(() => end(row, { code }));
    services.flush();
  };
  const ending = (act: () => void, otherwise: (code: ErrorCode) => void): void => {
    try {
      act();
    } catch (thrown) {
      const { code } = toErrorData(thrown);
      if (code === 'internal') services.logError(thrown, 'run request');
      otherwise(code);
    }
  };

  /** Starts the run under a standing warrant, with no question. */
  const startNow = (request: RunRequest, plan: Plan, by: CountedStanding): void => {
    const run = makeId('r', randomBytes);
    const record = store.transaction(() => {
      const started = services.start(startOf(request), { run, standing: by, releases: by.egressBytes > 0 });
      insert(request, run, sameAs(plan), 'started', null);
      services.queue(run, request.request, { type: 'started', run });
      return started;
    });
    services.started(record);
    services.flush();
  };

  const putQuestion = (row: Pick<Row, 'id' | 'run'>, request: RunRequest): void => {
    const model = services.cloudModel();
    const plan = services.plan(startOf(request));
    const asked = approvals.ask(
      {
        question: questionOf(services, row.run, plan, model),
        bound: boundOf(services, request, model),
        about: { grants: plan.need.grants },
      },
      stop.signal,
    );
    store.transaction(() => {
      store.run('UPDATE run_requests SET approval = ? WHERE id = ?', asked.id, row.id);
      services.queue(row.run, row.id, { type: 'asked', until: asked.until });
    });
    services.flush();
    asked.answered
      .then((answer) => {
        if (stop.signal.aborted) return;
        if (answer === 'once' || answer === 'run') return startApproved(row, request, asked.id, model);
        endNow(row, noYes(answer).code);
      })
      .catch((error: unknown) => services.logError(error, 'run request'));
  };

  /** The yes is spent and the run written in one transaction; what no longer is what was shown starts nothing. */
  const startApproved = (row: Pick<Row, 'id' | 'run'>, request: RunRequest, approval: ApprovalId, model: string | null): void => {
    const record = store.transaction((): RunRecord | null => {
      try {
        approvals.use(approval, boundOf(services, request, services.cloudModel() ?? model));
        const started = services.start({ ...startOf(request), lends: true }, { run: row.run, standing: null, releases: true });
        end(row, { run: row.run });
        return started;
      } catch (thrown) {
        if (!(thrown instanceof HeadgateError)) throw thrown;
        end(row, { code: thrown.code });
        return null;
      }
    });
    if (record !== null) services.started(record);
    services.flush();
  };

  const offer = (approval: ApprovalId): Offer => {
    const { view } = approvals.find(approval);
    const row = store.get<Row>(`SELECT * FROM run_requests WHERE run = ? AND state = 'asked'`, view.run);
    if (view.kind !== 'plan' || row === undefined)
      throw new HeadgateError('unsupported', 'Only a run that somebody else asked for can be allowed always.', {
        next: 'Answer with yes, run or no.',
      });
    const plan = services.plan(startOf(parseRequest(row)));
    const { recipe, grants, changes, egressBytes } = plan.need;
    const wish = { recipe, grants, changes, egressBytes: mayRelease(plan) ? egressBytes : 0 };
    standing.check(wish);
    return { wish, title: findRecipe(recipe).says, words: planWords(plan, [], services.cloudModel()) };
  };

  return {
    take(request) {
      const known = rowOf(request.request);
      if (known !== undefined) return sayAgain(services, known);
      const taken = countSince(store, 'at', now() - HOUR_MS);
      let plan: Plan;
      try {
        plan = services.plan(startOf(request));
      } catch (thrown) {
        const { code } = toErrorData(thrown);
        if (code === 'internal') services.logError(thrown, 'run request');
        return taken < KEPT_IN_HOUR ? refuse(request, '', code) : services.tell(request.request, { type: 'refused', code: 'busy' });
      }
      const all = standing.list();
      const decision = decideRequest(factsFor(store, request, plan, all, taken, now()));
      if (decision.effect === 'refuse') {
        // Past the cap nothing is written any more: a flood must not fill the disk either.
        if (taken >= KEPT_IN_HOUR) return services.tell(request.request, { type: 'refused', code: decision.code });
        return refuse(request, sameAs(plan), decision.code);
      }
      const by = decision.effect === 'start' ? all.find(({ id }) => id === decision.by) : undefined;
      // What a request names may be gone: that ends the request, and nothing else.
      if (by !== undefined)
        return ending(
          () => startNow(request, plan, by),
          (code) => refuse(request, sameAs(plan), code),
        );
      const row = { id: request.request, run: makeId('r', randomBytes) };
      insert(request, row.run, sameAs(plan), 'asked', null);
      ending(
        () => putQuestion(row, request),
        (code) => endNow(row, code),
      );
    },
    offer,
    always(approval) {
      const made = standing.add(offer(approval).wish);
      approvals.answer(approval, 'once');
      return made;
    },
    recover() {
      store.run('DELETE FROM run_requests WHERE at < ?', now() - KEEP_MS);
      for (const row of store.all<Row>(`SELECT * FROM run_requests WHERE state = 'asked'`)) {
        const isOver = row.approval !== null && !approvals.isAlive(row.approval);
        if (isOver) endNow(row, 'approval_expired');
        else
          ending(
            () => putQuestion(row, parseRequest(row)),
            (code) => endNow(row, code),
          );
      }
      services.flush();
    },
    close: () => stop.abort(new HeadgateError('agent_down', 'The agent is leaving.')),
  };
}

/** Refusals that are kept, and told for certain, within an hour. */
const KEPT_IN_HOUR = 1_000;

function parseRequest(row: Row): RunRequest {
  // Written by `insert` from a parsed message.
  return JSON.parse(row.request) as RunRequest;
}

function sayAgain(services: RequestServices, { id, state, run, code }: Row): void {
  if (state === 'started') services.tell(id, { type: 'started', run });
  else if (state === 'refused') services.tell(id, { type: 'refused', code: code ?? 'internal' });
}

function factsFor(
  store: Store,
  request: RunRequest,
  plan: Plan,
  standing: readonly CountedStanding[],
  takenInHour: number,
  now: number,
): RequestFacts {
  const same = sameAs(plan);
  const count = (where: string, ...values: (string | number)[]) =>
    store.get<{ count: number }>(`SELECT count(*) AS count FROM run_requests WHERE ${where}`, ...values)?.count ?? 0;
  return {
    expired: request.expiresAt <= now,
    standing: decideStanding(standing, plan.need, now),
    takenInHour,
    askedInHour: count('asked = 1 AND at > ?', now - HOUR_MS),
    open: count(`state = 'asked'`),
    sameOpen: count(`state = 'asked' AND same = ?`, same) > 0,
    sameRefused: count(`asked = 1 AND code = 'approval_denied' AND same = ? AND ended_at > ?`, same, now - HOUR_MS) > 0,
  };
}

function countSince(store: Store, column: 'at', since: number): number {
  return store.get<{ count: number }>(`SELECT count(*) AS count FROM run_requests WHERE ${column} > ?`, since)?.count ?? 0;
}
