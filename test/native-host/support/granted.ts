// A granted folder on the real disk, and everything an op needs around it: the real grants file, the real store.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { createGrantsFile, type GrantsFile, type NewGrant } from '../../../native-host/gate/grants-file.ts';
import { createJournal } from '../../../native-host/journal/journal.ts';
import { createDocumentReader } from '../../../native-host/ops/doc/reader.ts';
import type { OpContext } from '../../../native-host/ops/op.ts';
import { openStore, type Store } from '../../../native-host/state/database.ts';
import { createHandleStore } from '../../../native-host/state/handles.ts';
import type { Grant } from '../../../shared/gate/grants.ts';
import { NO_INTERNET } from '../../support/no-internet.ts';
import { type HandleId, makeId, type StepId } from '../../../shared/ids.ts';

export interface Granted extends Disposable {
  /** Holds `home` and `folder` side by side; for what lies outside. */
  base: string;
  home: string;
  folder: string;
  grants: GrantsFile;
  grant: Grant;
  store: Store;
  context: OpContext;
  intents: unknown[];
  write(path: string, content: string | Uint8Array): string;
  /** A handle on a file of the grant, as an earlier step of the run would have made it. */
  handleOf(path: string, context?: OpContext): HandleId;
}

function factsOf(file: string): { size: number; mtimeMs: number; dev: number; ino: number } {
  const stat = statSync(file, { throwIfNoEntry: false });
  return { size: stat?.size ?? 0, mtimeMs: stat?.mtimeMs ?? 0, dev: stat?.dev ?? 0, ino: stat?.ino ?? 0 };
}

export function grantFolder(wish: Partial<NewGrant> = {}): Granted {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'headgate-test-')));
  const home = join(base, 'home');
  const folder = join(base, 'Documents');
  mkdirSync(folder);
  const grants = createGrantsFile(home, () => 1_000);
  const grant = grants.add({ folder, rights: ['read', 'write'], label: 'open', ...wish });
  const store = openStore(home);
  const run = makeId('r', randomBytes);
  const intents: unknown[] = [];
  const handles = createHandleStore(store, { run, device: null }, () => Date.UTC(2026, 10, 21, 12));
  const documents = createDocumentReader();
  const context: OpContext = {
    run,
    step: 'test' as StepId,
    signal: new AbortController().signal,
    now: () => Date.UTC(2026, 10, 21, 12),
    progress: () => {},
    grants,
    handles,
    journal: createJournal(store, () => Date.UTC(2026, 10, 21, 12)),
    internet: NO_INTERNET,
    readDocument: documents.read,
    maxChanges: 100_000,
    intend: (intent) => void intents.push(JSON.parse(JSON.stringify(intent))),
  };
  const write = (path: string, content: string | Uint8Array): string => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  };
  return {
    base,
    home,
    folder,
    grants,
    grant,
    store,
    context,
    intents,
    write,
    handleOf: (path, of = context) =>
      of.handles.putFile({ grant: grant.id, path, ...factsOf(join(folder, path)) }, grants.labelOf(grant.id, path)).handle,
    [Symbol.dispose]() {
      documents.close();
      store.close();
      rmSync(base, { recursive: true, force: true });
    },
  };
}
