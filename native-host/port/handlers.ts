// What each method of the native protocol does. Schemas were applied before (methods.ts); here are only the acts.
import type { Bound } from '../../shared/gate/approvals.ts';
import type { Grant } from '../../shared/gate/grants.ts';
import type { RunResult } from '../../shared/protocol/native.ts';
import { POLICY_VERSION } from '../../shared/gate/release.ts';
import type { Approvals } from '../gate/approvals.ts';
import { unpackTexts } from '../gate/changes.ts';
import { choosePersonally } from '../gate/chooser.ts';
import { chooseAlways } from './choose-always.ts';
import { viewCommand } from '../gate/command-grants.ts';
import { rememberRevoked } from '../gate/granted-again.ts';
import { viewGrant } from '../gate/grants-file.ts';
import { hashOfContent } from '../gate/keyed.ts';
import { viewReceipt } from '../gate/ledger.ts';
import type { LedgerHeads } from '../gate/ledger-heads.ts';
import { type LeftOfFile, receiptsOfPlaces } from '../gate/ledger-of.ts';
import type { Standing } from '../gate/standing.ts';
import { showChange } from '../gate/show-change.ts';
import { openFile, realPathOf } from '../gate/resolve.ts';
import type { DeviceKeys } from '../link/keys.ts';
import type { Session } from '../link/session.ts';
import type { Link } from '../link/socket.ts';
import { outputOf } from '../runs/result.ts';
import type { RunRecord } from '../runs/log.ts';
import type { Runs } from '../runs/runs.ts';
import { summarizeRun, viewRun } from '../runs/summary.ts';
import { readAnyHandle } from '../state/handles.ts';
import { checkAgent } from './checks.ts';
import { allReceiptsOf, listAllReceipts, readAllSent, verifyAllLedgers } from './ledgers.ts';
import type { Followers } from './follow.ts';
import { undoReport } from './undo-report.ts';
import type { NativeHandlers, TerminalHandlers } from './methods.ts';
import { greet } from './early.ts';
import { statusOf, type StatusSources } from './status.ts';

export interface HandlerServices extends StatusSources {
  keys(): Promise<DeviceKeys>;
  approvals: Approvals;
  standing: Standing;
  session: Session;
  link: Link;
  ledgerHeads: LedgerHeads;
  runs: Runs;
  followers: Followers;
  resultOf(record: RunRecord): RunResult;
  /** Tells every client that the state has changed. */
  onStatus(): void;
  stop(): void;
}

export function createHandlers(services: HandlerServices): NativeHandlers & TerminalHandlers {
  const { store, grants, approvals, standing, session, link, runs, now } = services;
  const status = () => statusOf(services);
  const changed = (grant: Grant) => {
    runs.onGrants();
    services.onStatus();
    return { grant: viewGrant(grant) };
  };

  return {
    'host.hello': (params, client) => greet(params, client, services),
    'host.status': status,
    'host.ping': ({ pad }) => ({ bytes: Buffer.byteLength(pad ?? '') }),
    'host.check': () => ({ checks: checkAgent(services) }),
    'host.stop': () => {
      setTimeout(services.stop, 10);
      return {};
    },

    'pair.start': async ({ cloud, code }) => {
      const before = session.pairing();
      const after = await session.pair(cloud, code);
      link.stop();
      if (before !== null && (before.cloud !== after.cloud || before.device !== after.device)) runs.leaveCloud();
      link.start();
      services.onStatus();
      return status();
    },
    'pair.end': () => {
      session.forget();
      link.stop();
      runs.leaveCloud();
      services.onStatus();
      return status();
    },
    'cloud.connect': () => {
      link.start();
      return status();
    },
    'session.token': () => session.readingToken(),

    'grants.list': () => ({ grants: grants.list().map((grant) => viewGrant(grant)) }),
    'grants.choose': async ({ write }) => {
      const choice = await choosePersonally(write);
      return choice === null ? { grant: null } : changed(grants.add(choice));
    },
    'grants.add': (wish) => changed(grants.add(wish)),
    'grants.narrow': ({ grant, ...change }) => changed(grants.narrow(grant, change)),
    'commands.list': () => ({ commands: grants.commands().map((command) => viewCommand(command, grants.list())) }),
    'commands.add': (wish) => {
      const command = grants.addCommand(wish);
      // A command of the same name has given way.
      runs.onGrants();
      services.onStatus();
      return { command: viewCommand(command, grants.list()) };
    },
    'grants.revoke': ({ grant }, { from }) => {
      rememberRevoked(store, grants, grant);
      grants.revoke(grant, from === 'terminal' ? 'the person' : 'anyone');
      runs.onGrants();
      services.onStatus();
      return {};
    },

    'runs.start': ({ follow, ...request }, client) => {
      const { id } = runs.start({ ...request, lends: true });
      if (follow) services.followers.follow(id, client);
      return { run: id };
    },
    'runs.list': ({ limit }) => ({ runs: runs.log.list(limit).map((record) => summarizeRun(store, record)) }),
    'runs.get': ({ run }) => viewRun(store, runs.log.get(run)),
    'runs.cancel': ({ run }) => {
      runs.cancel(run);
      return {};
    },
    'runs.undo': async ({ run, dryRun }) => undoReport(run, dryRun, await runs.undo(run, dryRun)),
    'runs.result': ({ run }) => services.resultOf(runs.log.get(run)),

    'approvals.list': () => ({ approvals: approvals.list() }),
    'approvals.show': ({ approval }) => showChange(store, approvals.find(approval), now()),
    'approvals.answer': ({ approval, answer }) => {
      approvals.answer(approval, answer);
      return {};
    },
    'approvals.always': ({ approval }) => {
      const warrant = runs.requests.always(approval);
      services.onStatus();
      return { warrant };
    },
    'approvals.chooseAlways': async ({ approval }) => {
      const warrant = await chooseAlways(runs.requests, approval);
      services.onStatus();
      return { warrant };
    },
    'warrants.list': () => ({ warrants: standing.list() }),
    'warrants.add': (wish) => {
      for (const id of wish.grants) grants.grant(id);
      const warrant = standing.add(wish);
      services.onStatus();
      return { warrant };
    },
    'warrants.end': ({ warrant }) => {
      standing.end(warrant);
      runs.endStanding(warrant);
      services.onStatus();
      return {};
    },
    'approvals.ask': async ({ digest, folders, shows, ...question }, { gone }) => {
      const change = shows === undefined ? undefined : unpackTexts(shows);
      const bound: Bound = {
        op: 'give',
        args: {},
        // What the person sees, as well as what the asker would give for it.
        content: [digest, ...(change === undefined ? [] : [hashOfContent(JSON.stringify(change))])],
        targets: [],
        destination: 'client',
        model: question.model,
        policy: POLICY_VERSION,
      };
      const asking = {
        question: { ...question, kind: 'release', destination: 'client' },
        bound,
        about: { grants: [], folders },
        change,
      } as const;
      // Nobody could use a yes to it once its asker has gone.
      const { id, answered } = approvals.ask(asking, gone);
      const answer = await answered;
      return { answer: answer === 'once' || answer === 'run' ? approvals.use(id, bound) : answer };
    },
    'ledger.list': ({ limit, run }) => ({ receipts: listAllReceipts(store, limit, run) }),
    'ledger.of': ({ file }) => ({ left: viewLeft(allReceiptsOf(store, grants.list(), file)) }),
    'ledger.ofHandle': ({ handle }) => {
      const { file } = readAnyHandle(store, handle, now());
      return { left: file === null ? [] : viewLeft(receiptsOfPlaces(store, [{ grant: grants.grant(file.grant), path: file.path }])) };
    },
    'ledger.verify': () => verifyAllLedgers(store, services.ledgerHeads, services.keys),
    'ledger.sent': ({ receipt }) => ({ texts: readAllSent(store, receipt) }),
    'runs.output': ({ run }) => ({ output: outputOf(store, runs.log.get(run), now()) }),
    'files.locate': ({ handles }) => ({
      paths: handles.map((handle) => {
        const { file } = readAnyHandle(store, handle, now());
        if (file === null) return null;
        using open = openFile(grants.grant(file.grant), file.path);
        return realPathOf(open);
      }),
    }),
  };
}

function viewLeft(left: readonly LeftOfFile[]): LeftOfFile[] {
  return left.map(({ receipt, by }) => ({ receipt: viewReceipt(receipt), by }));
}
