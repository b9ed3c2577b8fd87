// The gate of the MCP server: the one way by which content reaches a client. What may leave is decided by label
// (shared/gate/release.ts), a place labelled `ask` waits for the person, the receipt is on disk before the answer goes,
// and only what has one comes out as `Released`. What is held back has its line as well, which says what was found in it
// and that nothing went. Names and facts of files are no content, but a folder labelled `home` hides its names too, and the
// first listing of each grant in a session has its receipt.
import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { HeadgateError } from '../../shared/errors.ts';
import { escapeForDisplay, quotedName } from '../../shared/gate/names.ts';
import { countRules, type RuleCount, type Scan } from '../../shared/gate/findings.ts';
import { decideRelease, type ReleaseDecision } from '../../shared/gate/release.ts';
import { type Label, strictest } from '../../shared/gate/labels.ts';
import { makeId, type RunId, type StepId } from '../../shared/ids.ts';
import type { Released } from '../gate/release.ts';
import type { Scanner } from '../gate/scan/scanner.ts';
import { type FileFacts, openFile, referenceTo } from '../gate/resolve.ts';
import { isVisible } from '../gate/visible.ts';
import type { Areas, Place } from './areas.ts';
import { createAsker } from './ask.ts';
import type { ReceiptFacts, Receipts } from './receipts.ts';
import { showGifts } from './show-gifts.ts';

/** Content of one file, or made of one. */
export interface Gift {
  file: Place & { facts: FileFacts };
  text: string;
  /** What is looked through in the text's place: the bytes that it encodes, or all that it was cut from. */
  whole?: string | Uint8Array;
}

export interface Giver {
  /** Decides, asks where the label wants it, writes the receipt, and gives the texts back. Throws `label_refused`, `approval_changed` and what asking throws. */
  give(tool: ToolName, gifts: readonly Gift[]): Promise<Released<string[]>>;
  /** Throws `label_refused` where content may never leave, before anything is read. */
  refuseHome(place: Place, facts?: FileFacts): Label;
  /** Throws `label_refused` where a client may not even have names, before anything is listed. */
  refuseNames(place: Place): Label;
  /** Lets names and facts out. The first answer of a session that tells them of a grant has its receipt, with its size. Throws as `refuseNames`. */
  giveNames(tool: ToolName, place: Place, text: string): string;
  /** The client's name, known once it has introduced itself. */
  client: string;
}

/** A tool's name as a receipt's purpose and, without underscores, as its step. */
export type ToolName = string;

export function createGiver(
  receipts: Receipts,
  areas: Areas,
  scanner: Scanner,
  home: string,
  now: () => number,
  session: AbortSignal,
  askWaitMs?: number,
): Giver {
  const run: RunId = makeId('r', randomBytes);
  const asker = createAsker(home, run, areas, session, askWaitMs);
  const named = new Set<string>();
  const stepOf = (tool: ToolName): StepId => tool.replaceAll('_', '-') as StepId;

  const append = (
    tool: ToolName,
    facts: Pick<ReceiptFacts, 'label' | 'approvedBy' | 'rules'>,
    gifts: readonly Gift[],
    texts: readonly string[],
  ): void => {
    const files = gifts.map(({ file }) => ({ ...referenceTo(file), folder: file.grant.folder }));
    const common = { at: now(), run, step: stepOf(tool), destination: 'client', purpose: `mcp ${tool}`, model: giver.client } as const;
    receipts.append({ ...common, ...facts }, texts, files);
  };

  const giver: Giver = {
    client: 'an MCP client',
    refuseHome(place, facts) {
      const label = (facts?.links ?? 1) > 1 ? 'home' : areas.labelOf(place);
      if (label === 'home') throw homeRefused(facts);
      return label;
    },
    async give(tool, gifts) {
      const labelNow = () => strictest(gifts.map(({ file }) => giver.refuseHome(file, file.facts)));
      let label = labelNow();
      const texts = gifts.map(({ text }) => text);
      const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
      const scan = await look(scanner, gifts, texts);
      const rules = countRules(scan.findings);
      const question = {
        label,
        destination: 'client',
        bytes,
        budgetLeft: Number.POSITIVE_INFINITY,
        scan: { inspected: scan.inspected, problem: scan.problem, rules },
      } as const;
      let decision = decideRelease({ ...question, approved: false });
      const held = heldBack(decision, scan, gifts);
      if (held !== null) {
        // The person reads in the ledger what a client is not told.
        append(tool, { label, approvedBy: 'label', rules: held.rules }, held.gifts, []);
        throw label === 'ask' ? saysNothing() : held.refusal;
      }
      if (decision.effect === 'ask') {
        await asker.ask(
          {
            title: titleOf(tool, gifts, giver.client),
            items: gifts.map(({ file }) => escapeForDisplay(areas.absoluteOf(file))),
            bytes,
            step: stepOf(tool),
            bound: boundTo(gifts),
            ...showGifts(gifts, areas),
            folders: foldersOf(gifts, areas),
          },
          giver.client,
        );
        // The person may have narrowed while they were asked.
        label = labelNow();
        for (const { file } of gifts) {
          refuseLeftOut(file);
          refuseChanged(file);
        }
        decision = decideRelease({ ...question, label, approved: true });
      }
      if (decision.effect !== 'send') throw new HeadgateError('label_refused', decision.reasons.join('; '));
      append(tool, { label, approvedBy: decision.approvedBy }, gifts, texts);
      return texts as Released<string[]>;
    },
    refuseNames(place) {
      const label = giver.refuseHome(place);
      if (areas.namesOf(place) === 'hidden')
        throw new HeadgateError('label_refused', 'Access denied - the person hides what files in this folder are called.');
      return label;
    },
    giveNames(tool, place, text) {
      const label = giver.refuseNames(place);
      if (named.has(place.grant.id)) return text;
      append(tool, { label, approvedBy: 'label' }, [], [text]);
      named.add(place.grant.id);
      return text;
    },
  };
  return giver;
}

/** A key is a key also where a client asks for a few lines from the middle of it, or for bytes. */
async function look(scanner: Scanner, gifts: readonly Gift[], texts: readonly string[]): Promise<Scan> {
  const [first] = gifts;
  if (first?.whole instanceof Uint8Array && gifts.length === 1) return scanner.bytes(first.whole);
  if (gifts.every(({ whole }) => typeof whole !== 'string')) return scanner.texts(texts);
  return scanner.texts(gifts.map(({ text, whole }) => (typeof whole === 'string' ? whole : text)));
}

/** What a yes is bound to: which file, as it is, and what would go of it. */
function boundTo(gifts: readonly Gift[]): string[] {
  return gifts.flatMap(({ file: { grant, path, facts }, text }) => [
    grant.folder,
    path,
    `${facts.dev} ${facts.ino} ${facts.size} ${facts.mtimeMs}`,
    text,
  ]);
}

const MAX_FOLDERS = 50;
/** Both names of a title, so that what they are named for is still said. */
const NAME_CHARS = 100;

function foldersOf(gifts: readonly Gift[], areas: Areas): string[] {
  const near = [...new Set(gifts.map(({ file }) => dirname(areas.absoluteOf(file))))];
  return near.length <= MAX_FOLDERS ? near : [...new Set(gifts.map(({ file }) => file.grant.folder))].slice(0, MAX_FOLDERS);
}

function refuseLeftOut({ grant, path }: Place): void {
  if (!isVisible(grant, path, 'file')) throw new HeadgateError('vanished', 'The person has left this file out meanwhile.');
}

/** A yes is to the file as it was when it was shown. */
function refuseChanged({ grant, path, facts }: Gift['file']): void {
  using file = openFile(grant, path);
  const { dev, ino, size, mtimeMs } = file.facts;
  if (dev === facts.dev && ino === facts.ino && size === facts.size && mtimeMs === facts.mtimeMs) return;
  throw new HeadgateError('approval_changed', 'The file has changed since the person was asked, so their yes does not count for it.', {
    next: 'Make this call again to ask anew.',
  });
}

function titleOf(tool: ToolName, gifts: readonly Gift[], client: string): string {
  const [first] = gifts;
  const what = gifts.length === 1 ? quotedName(first?.file.path.split('/').at(-1) ?? '', NAME_CHARS) : `${gifts.length} files`;
  // Changing the file needs no yes where writing is granted; the lines around the change are its content.
  const part = tool === 'edit_file' ? 'the lines around an edit of ' : '';
  return `Give ${part}${what} to ${quotedName(client, NAME_CHARS)}, a program on this device`;
}

interface HeldBack {
  rules: NonNullable<ReceiptFacts['rules']>;
  /** Those that it was found in. */
  gifts: readonly Gift[];
  refusal: HeadgateError;
}

/**
 * What is not given, whatever the person says; `null` when all of it may go. A client writes back what it has read: a
 * placeholder given to it would end up in the file, so what the policy would take out is not given at all.
 */
function heldBack(decision: ReleaseDecision, { findings, inspected }: Scan, gifts: readonly Gift[]): HeldBack | null {
  if (decision.effect !== 'refuse' && decision.redact.length === 0) return null;
  const kept = decision.effect === 'refuse' ? findings : findings.filter(({ kind }) => decision.redact.includes(kind));
  const rules = inspected ? countRules(kept) : [NOT_INSPECTED];
  const found = gifts.filter((_gift, index) => kept.some(({ text }) => text === index));
  const named = [...new Set(rules.map(({ rule }) => rule))].slice(0, 5).join(', ');
  const says =
    decision.effect === 'refuse' ? decision.reasons.join('; ') : `Access denied - it holds what must not leave this device (${named}).`;
  return {
    rules: rules.slice(0, MAX_RULES).map((rule) => ({ ...rule, redacted: true })),
    gifts: found.length > 0 ? found : gifts,
    refusal: new HeadgateError('label_refused', says),
  };
}

const MAX_RULES = 200;
const NOT_INSPECTED: RuleCount = { rule: 'not-inspected', kind: 'opaque', count: 1 };

/** Before the person said yes a client is not told what is in a file: the same for a key, a number, and bytes that nobody can look into. */
function saysNothing(): HeadgateError {
  return new HeadgateError('label_refused', 'Access denied - this was held back: Headgate does not let it leave this device.', {
    next: 'The person can see why with "headgate ledger".',
  });
}

function homeRefused(facts: FileFacts | undefined): HeadgateError {
  const why = (facts?.links ?? 1) > 1 ? 'the file has a second name elsewhere, so it counts as labelled home' : 'label home';
  return new HeadgateError('label_refused', `Access denied - ${why}: this never leaves Headgate.`);
}
