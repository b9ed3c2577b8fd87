// A text op on the device. Placed at home, our own engine answers. Placed in the cloud, the gate releases the text first
// (asking the person where the label says so), and our own engine steps in when the cloud lets it down; the result says so.
import { HeadgateError, toErrorData } from '../../shared/errors.ts';
import { type Label, strictest } from '../../shared/gate/labels.ts';
import { type Replacement, restoreIn } from '../../shared/gate/redact.ts';
import type { GrantId, HandleId, ReceiptId } from '../../shared/ids.ts';
import { endOfPath, escapeForDisplay } from '../../shared/gate/names.ts';
import { POLICY_VERSION } from '../../shared/gate/release.ts';
import type { TextOp } from '../../shared/ops/catalogue.ts';
import { OPS } from '../../shared/ops/catalogue.ts';
import { OWN_ENGINE, SummarizeAnswer, TEXT_ANSWERS, TEXT_CAPS, type TextAnswer, type TextQuestion } from '../../shared/ops/text.ts';
import { type Approvals, approve, noYes } from '../gate/approvals.ts';
import { hashOfContent } from '../gate/keyed.ts';
import { release, type Released, scanFor } from '../gate/release.ts';
import { isSmall, type Scanner } from '../gate/scan/scanner.ts';
import type { OpContext, OpResult } from '../ops/op.ts';
import type { FileReference, StoredHandle } from '../state/stored-handle.ts';
import type { Store } from '../state/database.ts';
import type { HomeEngine } from './home-engine.ts';
import { showTexts } from '../gate/show-texts.ts';

/** How long the cloud may take before our own engine answers. */
const INFER_DEADLINE_MS = 25_000;
/** Names shown in a question to the person; more are counted. */
const NAMES_SHOWN = 12;

/** A question whose texts have a receipt. */
export type ReleasedQuestion = Omit<TextQuestion, 'texts'> & { texts: Released<string[]> };

export interface InferRequest {
  run: OpContext['run'];
  step: OpContext['step'];
  op: TextOp;
  receipt: ReceiptId;
  question: ReleasedQuestion;
  deadlineMs: number;
}

export interface TextStepServices {
  store: Store;
  approvals: Approvals;
  engine: HomeEngine;
  scanner: Scanner;
  /** The cloud's best model by name, `null` when it cannot be reached. */
  cloudModel(): string | null;
  infer(request: InferRequest, signal: AbortSignal): Promise<{ answer: unknown; model: string; note?: string | undefined }>;
  /** The grants of the run's warrant. */
  warrantGrants: readonly GrantId[];
  /** How many more texts of the run are at the same step: a yes for the run covers them as well. */
  others: number;
  /** Told while the person is asked, and when they have answered. */
  onWaiting(until: number): void;
  onAnswered(): void;
}

export interface TextStepResult extends OpResult {
  where: 'home' | 'cloud';
  engine: string;
  receipt?: ReceiptId;
  bytesOut?: number;
}

type TextArgs = { texts: HandleId[]; maxChars?: number | undefined; max?: number | undefined };

/** Runs one text op. Throws `label_refused`, `budget_spent` and what `approve` throws when the gate says no. */
export async function runTextStep(
  op: TextOp,
  args: TextArgs,
  where: 'home' | 'cloud',
  context: OpContext,
  services: TextStepServices,
): Promise<TextStepResult> {
  const handles = args.texts.map((id) => context.handles.get(id));
  const question = questionFrom(handles, args);
  if (question.texts.every((text) => text.trim() === '')) throw new HeadgateError('no_text', 'There is no text to work on.');
  const asked = where === 'cloud' ? await askCloud(op, handles, question, context, services) : null;
  const { answer, engine, note, receipt, bytesOut } = asked ?? {
    answer: null,
    engine: OWN_ENGINE,
    note: undefined,
    receipt: undefined,
    bytesOut: undefined,
  };
  const final = answer ?? (await services.engine.answer(op, question, context.signal));
  const [only] = handles;
  const from = handles.length === 1 && only !== undefined ? (only.from ?? only.id) : undefined;
  const label = strictest(handles.map((handle) => handle.label));
  return {
    outputs: [context.handles.putText('answer', JSON.stringify(final), label, from)],
    where: answer === null ? 'home' : 'cloud',
    engine: answer === null ? OWN_ENGINE : engine,
    ...(note === undefined ? {} : { note }),
    ...(receipt === undefined ? {} : { receipt }),
    ...(bytesOut === undefined ? {} : { bytesOut }),
  };
}

/** Texts in the handles' order, cut to the caps. An earlier summary counts with its words, not its JSON. */
function questionFrom(handles: readonly StoredHandle[], args: TextArgs): TextQuestion {
  let left: number = TEXT_CAPS.charsTotal;
  const texts = handles.slice(0, TEXT_CAPS.texts).map((handle) => {
    const text = textOf(handle).slice(0, Math.min(TEXT_CAPS.charsPerText, left));
    left -= text.length;
    return text;
  });
  return {
    texts,
    ...(args.maxChars === undefined ? {} : { maxChars: args.maxChars }),
    ...(args.max === undefined ? {} : { max: args.max }),
  };
}

function textOf(handle: StoredHandle): string {
  if (handle.text === null) throw new HeadgateError('unsupported', 'A text step was given a file; its text must be extracted first.');
  if (handle.kind !== 'answer') return handle.text;
  const summary = SummarizeAnswer.safeParse(JSON.parse(handle.text));
  return summary.success ? summary.data.summary : handle.text;
}

interface Asked {
  answer: TextAnswer | null;
  engine: string;
  note: string | undefined;
  receipt: ReceiptId | undefined;
  bytesOut: number | undefined;
}

async function askCloud(
  op: TextOp,
  handles: readonly StoredHandle[],
  question: TextQuestion,
  context: OpContext,
  services: TextStepServices,
): Promise<Asked | null> {
  const model = services.cloudModel();
  if (model === null)
    return {
      answer: null,
      engine: OWN_ENGINE,
      note: 'The cloud was away, so our own engine at home answered.',
      receipt: undefined,
      bytesOut: undefined,
    };
  const sent = await releaseOrAsk(op, model, handles, question, context, services);
  const released: ReleasedQuestion = { ...question, texts: sent.texts };
  const facts = { receipt: sent.receipt.id, bytesOut: sent.receipt.bytes };
  try {
    const reply = await services.infer(
      { run: context.run, step: context.step, op, receipt: sent.receipt.id, question: released, deadlineMs: INFER_DEADLINE_MS },
      context.signal,
    );
    const answer = TEXT_ANSWERS[op].safeParse(reply.answer);
    if (answer.success && !isNothing(answer.data))
      return { ...facts, answer: restored(op, answer.data, sent.replacements), engine: reply.model, note: reply.note };
    return {
      ...facts,
      answer: null,
      engine: OWN_ENGINE,
      note: `The model ${reply.model} answered nonsense, so our own engine at home answered.`,
    };
  } catch (error) {
    if (context.signal.aborted) throw error;
    return {
      ...facts,
      answer: null,
      engine: OWN_ENGINE,
      note: `The cloud did not answer (${toErrorData(error).code}), so our own engine at home did.`,
    };
  }
}

/** An empty summary of a text that has words: what builds on it would have nothing to work on. */
function isNothing(answer: TextAnswer): boolean {
  return 'summary' in answer && answer.summary.trim() === '';
}

/** The answer with what was taken out put back; as it came where that would make it too long. */
function restored(op: TextOp, answer: TextAnswer, replacements: readonly Replacement[]): TextAnswer {
  const whole = TEXT_ANSWERS[op].safeParse(restoreIn(answer, replacements));
  return whole.success ? whole.data : answer;
}

/** One question at a time for a run: a yes for the run covers those that wait behind it, and a no stands for them as well. */
async function releaseOrAsk(
  op: TextOp,
  model: string,
  handles: readonly StoredHandle[],
  question: TextQuestion,
  context: OpContext,
  services: TextStepServices,
) {
  // Small texts are scanned by the release itself, so that the question to the person is there at once.
  const scanned = isSmall(question.texts) ? undefined : await scanFor(services.scanner, question.texts, context.signal);
  const request = {
    run: context.run,
    step: context.step,
    destination: 'cloud',
    purpose: op,
    model,
    handles,
    texts: question.texts,
    scanned,
  } as const;
  const { approvals } = services;
  const now = () => labelsNow(handles, context, services.warrantGrants);
  for (;;) {
    const approved = approvals.covers(context.run, 'release');
    const first = release(services.store, { ...request, labelsNow: now(), approved }, context.now());
    if (first.effect === 'send') return first;
    if (first.effect === 'refuse') throw new HeadgateError(first.code, first.reasons.join('; '));
    const refused = approvals.refused(context.run);
    if (refused !== null) throw noYes(refused);
    const yes = await approve(
      approvals,
      {
        question: {
          kind: 'release',
          run: context.run,
          step: context.step,
          title: `${OPS[op].says}: send ${handles.length === 1 ? 'one text' : `${handles.length} texts`} to the cloud?`,
          destination: 'cloud',
          model,
          bytes: first.bytes,
          ...namesFor(handles, context),
          ...withoutOf(first.reasons),
          ...(services.others > 0 && { others: services.others }),
        },
        bound: () => ({
          op,
          args: { ...question, texts: handles.map((handle) => handle.id) },
          content: question.texts.map(hashOfContent),
          targets: [],
          destination: 'cloud',
          model: services.cloudModel() ?? model,
          policy: POLICY_VERSION,
        }),
        change: showTexts(first.would.map((text, index) => ({ text, ...sourceOf(handles[index], context) }))),
        about: { grants: grantsBehind(handles, context, services.warrantGrants) },
        inTurn: true,
      },
      { signal: context.signal, onWaiting: services.onWaiting, onAnswered: services.onAnswered },
    );
    // Another question of the run was answered: what that means for this one is decided anew.
    if (yes === null) continue;
    const second = release(services.store, { ...request, labelsNow: now(), approved: true }, context.now());
    if (second.effect === 'send') return second;
    throw new HeadgateError(second.effect === 'refuse' ? second.code : 'approval_denied', second.reasons.join('; '));
  }
}

function namesFor(handles: readonly StoredHandle[], context: OpContext): { items: string[]; more: number } {
  const names = handles.flatMap((handle) => sourceOf(handle, context).name ?? []);
  return { items: names.slice(0, NAMES_SHOWN), more: Math.max(0, handles.length - NAMES_SHOWN) };
}

/** What is taken out before it goes, for the question to the person. */
function withoutOf(reasons: readonly string[]): { without?: string } {
  const without = reasons.filter((reason) => reason.startsWith('without ')).map((reason) => reason.slice(8));
  return without.length === 0 ? {} : { without: without.join(', ').slice(0, 600) };
}

/**
 * What the grants say now of the files that the texts were made of: the person may have narrowed or revoked one since. A text
 * that leads to no one file counts with every grant of the run. Throws `grant_not_found` for a revoked one.
 */
function labelsNow(handles: readonly StoredHandle[], context: OpContext, warrantGrants: readonly GrantId[]): Label[] {
  const { grants } = context;
  return handles.flatMap((handle) => {
    const file = fileOf(handle, context);
    return file === null ? warrantGrants.map((grant) => grants.labelOf(grant, '')) : [grants.labelOf(file.grant, file.path)];
  });
}

/** The grants of the files that the texts were made of; where a text leads to no one file, all of the run. */
function grantsBehind(handles: readonly StoredHandle[], context: OpContext, warrantGrants: readonly GrantId[]): GrantId[] {
  return [...new Set(handles.flatMap((handle) => fileOf(handle, context)?.grant ?? warrantGrants))];
}

/** The file that a text was made of, as the person knows it. */
function sourceOf(handle: StoredHandle | undefined, context: OpContext): { file: FileReference | null; name: string | null } {
  const file = handle === undefined ? null : fileOf(handle, context);
  return { file, name: file === null ? null : endOfPath(escapeForDisplay(file.path), 300) };
}

function fileOf(handle: StoredHandle, context: OpContext): FileReference | null {
  const source = handle.file === null && handle.from !== undefined ? context.handles.get(handle.from) : handle;
  if (source.file === null) return source.from === undefined || source.from === handle.from ? null : fileOf(source, context);
  return source.file;
}
