// Approvals: the person's yes to one exact release. Kept on disk, so that they survive every restart; bound to a hash of
// what would go, so that a yes covers nothing else; used once; and they expire, which is an outcome of its own.
import { createHash, randomBytes } from 'node:crypto';
import { HeadgateError } from '../../shared/errors.ts';
import { type ApprovalId, makeId, type RunId, type StepId } from '../../shared/ids.ts';
import { type ApprovalDetail, ApprovalView } from '../../shared/protocol/native.ts';
import type { Store } from '../state/database.ts';

/** How long a question waits for the person. */
export const APPROVAL_LIFE_MS = 10 * 60_000;

/** Questions that are shown at once; the others follow as these are answered. */
const MAX_LISTED = 100;

export type Answer = 'yes' | 'no' | 'expired';

export interface Approvals {
  /** Asks the person, or joins the question that already waits for the same content. Resolves with the answer. */
  ask(
    question: Omit<ApprovalView, 'id' | 'expiresAt'>,
    texts: readonly string[],
    signal: AbortSignal,
  ): { id: ApprovalId; until: number; answered: Promise<Answer> };
  answer(id: ApprovalId, answer: 'once' | 'run' | 'no'): void;
  list(): ApprovalView[];
  /** What a question that waits is about, to the letter. Throws `not_found`. */
  show(id: ApprovalId): ApprovalDetail;
}

export function createApprovals(store: Store, now: () => number, onChange: (count: number) => void): Approvals {
  const waiting = new Map<string, Set<(answer: Answer) => void>>();
  const list = (): ApprovalView[] =>
    store
      .all<{ view: string }>(
        'SELECT view FROM approvals WHERE answer IS NULL AND expires_at > ? ORDER BY expires_at LIMIT ?',
        now(),
        MAX_LISTED,
      )
      .map((row) => ApprovalView.parse(JSON.parse(row.view)));
  const settle = (id: string, answer: Answer): void => {
    for (const resolve of waiting.get(id) ?? []) resolve(answer);
    waiting.delete(id);
    onChange(list().length);
  };

  return {
    list,
    show(id) {
      const row = store.get<{ view: string }>('SELECT view FROM approvals WHERE id = ? AND answer IS NULL AND expires_at > ?', id, now());
      if (row === undefined) throw new HeadgateError('not_found', 'That question has already been answered, or has expired.');
      const { title, uninspectable } = ApprovalView.parse(JSON.parse(row.view));
      return { parts: [{ says: title, ...(uninspectable !== undefined && { uninspectable }) }], more: 0, lines: [], cut: 0 };
    },
    ask(question, texts, signal) {
      const binding = bind(question, texts);
      const view = findOpen(store, question.run, question.step, binding, now()) ?? insert(store, question, binding, now());
      const answered = new Promise<Answer>((resolve) => {
        const timer = setTimeout(() => settle(view.id, 'expired'), Math.max(0, view.expiresAt - now()));
        const waiters = waiting.get(view.id) ?? new Set();
        waiters.add((answer) => {
          clearTimeout(timer);
          resolve(answer);
        });
        waiting.set(view.id, waiters);
        signal.addEventListener(
          'abort',
          () => {
            // A step that is cancelled withdraws its question; one that the agent's leaving interrupts asks it again.
            const leaving = signal.reason instanceof HeadgateError && signal.reason.code === 'agent_down';
            if (!leaving) store.run(`UPDATE approvals SET answer = 'no' WHERE id = ? AND answer IS NULL`, view.id);
            settle(view.id, 'no');
          },
          { once: true },
        );
      });
      onChange(list().length);
      return { id: view.id, until: view.expiresAt, answered };
    },
    answer(id, answer) {
      const row = store.get<{ run: string; expires_at: number; answer: string | null }>(
        'SELECT run, expires_at, answer FROM approvals WHERE id = ?',
        id,
      );
      if (row === undefined || row.answer !== null) throw new HeadgateError('not_found', 'That question has already been answered.');
      if (row.expires_at <= now())
        throw new HeadgateError('approval_expired', 'That question has expired.', { next: 'Start the run again.' });
      // A yes for the run answers every question of it that waits.
      const siblings =
        answer === 'run'
          ? store.all<{ id: string }>(
              'SELECT id FROM approvals WHERE run = ? AND id != ? AND answer IS NULL AND expires_at > ?',
              row.run,
              id,
              now(),
            )
          : [];
      const answered = [id, ...siblings.map((sibling) => sibling.id)];
      store.transaction(() => {
        for (const each of answered) store.run('UPDATE approvals SET answer = ? WHERE id = ?', answer, each);
        if (answer === 'run') store.run('UPDATE runs SET approved = 1 WHERE id = ?', row.run);
      });
      for (const each of answered) settle(each, answer === 'no' ? 'no' : 'yes');
    },
  };
}

function bind(question: { run: RunId; step: StepId; destination: string; model: string | null }, texts: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify([question.run, question.step, question.destination, question.model]));
  for (const text of texts) hash.update(`${text.length}:`).update(text);
  return hash.digest('hex');
}

function findOpen(store: Store, run: RunId, step: StepId, binding: string, now: number): ApprovalView | null {
  const row = store.get<{ view: string }>(
    'SELECT view FROM approvals WHERE run = ? AND step = ? AND binding = ? AND answer IS NULL AND expires_at > ?',
    run,
    step,
    binding,
    now,
  );
  return row === undefined ? null : ApprovalView.parse(JSON.parse(row.view));
}

function insert(store: Store, question: Omit<ApprovalView, 'id' | 'expiresAt'>, binding: string, now: number): ApprovalView {
  const view: ApprovalView = { ...question, id: makeId('a', randomBytes), expiresAt: now + APPROVAL_LIFE_MS };
  store.run(
    'INSERT INTO approvals (id, run, step, view, binding, expires_at) VALUES (?, ?, ?, ?, ?, ?)',
    view.id,
    view.run,
    view.step,
    JSON.stringify(view),
    binding,
    view.expiresAt,
  );
  return view;
}
