// What the agent itself can check for `doctor`: its store, the gate, the ledger, the cloud.
import { namesOf } from '../../shared/gate/grants.ts';
import type { Check } from '../../shared/protocol/native.ts';
import type { GrantsFile } from '../gate/grants-file.ts';
import { findBrokenLine } from '../gate/ledger-verify.ts';
import { journalUsage, KEEP_MS } from '../journal/retention.ts';
import { describeResolver } from '../gate/resolve.ts';
import { readableSize } from '../ops/size.ts';
import type { Store } from '../state/database.ts';
import { LEAST_ROOM_BYTES, roomAt } from '../state/disk-room.ts';
import { statusOf, type StatusSources } from './status.ts';

export function checkAgent(sources: StatusSources): Check[] {
  const status = statusOf(sources);
  return [
    { id: 'agent.running', layer: 'agent', status: 'ok', says: `The agent ${status.host.version} runs as process ${status.host.pid}.` },
    checkStore(sources.store),
    checkRoom(sources.store.home),
    checkLedger(sources.store),
    checkResolver(),
    checkJournal(sources.store),
    checkGrants(status.grants, sources.grants),
    checkCloud(status.cloud),
    checkModels(status.cloud),
  ];
}

function checkStore(store: Store): Check {
  const result = store.get<{ quick_check: string }>('PRAGMA quick_check(1)')?.quick_check;
  return result === 'ok'
    ? { id: 'agent.store', layer: 'agent', status: 'ok', says: 'The agent’s store is sound.' }
    : {
        id: 'agent.store',
        layer: 'agent',
        status: 'fail',
        says: 'The agent’s store is damaged.',
        next: 'Stop the agent and restore a backup of its folder.',
      };
}

function checkRoom(home: string): Check {
  const room = roomAt(home);
  const free = room === null ? 'there is room that the system does not tell' : `${readableSize(room)} are free`;
  return room === null || room >= LEAST_ROOM_BYTES
    ? { id: 'agent.room', layer: 'agent', status: 'ok', says: `On the disk of Headgate’s own folder ${free}.` }
    : {
        id: 'agent.room',
        layer: 'agent',
        status: 'fail',
        says: `The disk of Headgate’s own folder is full: ${free}. Nothing is done that cannot be noted first.`,
        next: 'Make room on that disk.',
      };
}

function checkLedger(store: Store): Check {
  const broken = findBrokenLine(store);
  return broken === null
    ? { id: 'gate.ledger', layer: 'gate', status: 'ok', says: 'Every line of the ledger follows from the one before.' }
    : {
        id: 'gate.ledger',
        layer: 'gate',
        status: 'fail',
        says: `Line ${broken} of the ledger does not follow from the one before: it was changed.`,
        next: 'Compare with a backup.',
      };
}

function checkResolver(): Check {
  const { strong, says } = describeResolver();
  return { id: 'gate.paths', layer: 'gate', status: strong ? 'ok' : 'warn', says };
}

function checkGrants(grants: ReturnType<typeof statusOf>['grants'], file: GrantsFile): Check {
  if (grants.problem !== undefined)
    return {
      id: 'gate.grants',
      layer: 'gate',
      status: 'fail',
      says: grants.problem.message,
      ...(grants.problem.next === undefined ? {} : { next: grants.problem.next }),
    };
  if (grants.count === 0)
    return { id: 'gate.grants', layer: 'gate', status: 'warn', says: 'No folder is granted yet.', next: 'headgate grant FOLDER' };
  const all = file.list();
  const parts = [
    `${grants.count} ${grants.count === 1 ? 'folder is' : 'folders are'} granted`,
    counted(all.filter(({ include, exclude }) => include.length + exclude.length > 0).length, 'in part'),
    counted(all.filter((grant) => namesOf(grant) === 'hidden').length, 'with hidden names'),
  ];
  return { id: 'gate.grants', layer: 'gate', status: 'ok', says: `${parts.filter((part) => part !== null).join(', ')}.` };
}

function counted(count: number, how: string): string | null {
  return count === 0 ? null : `${count} ${how}`;
}

function checkCloud(cloud: ReturnType<typeof statusOf>['cloud']): Check {
  if (cloud.state === 'connected') return { id: 'cloud.link', layer: 'cloud', status: 'ok', says: `Connected to ${cloud.url}.` };
  if (cloud.state === 'unpaired')
    return {
      id: 'cloud.link',
      layer: 'cloud',
      status: 'warn',
      says: 'This device is not paired; everything runs at home.',
      next: 'headgate pair',
    };
  const next = cloud.problem?.next;
  return {
    id: 'cloud.link',
    layer: 'cloud',
    status: cloud.state === 'refused' ? 'fail' : 'warn',
    says: `${cloud.problem?.message ?? 'The cloud is away.'} Work goes on at home.`,
    ...(next === undefined ? {} : { next }),
  };
}

function checkModels(cloud: ReturnType<typeof statusOf>['cloud']): Check {
  if (cloud.state !== 'connected')
    return { id: 'inference.models', layer: 'inference', status: 'ok', says: 'Our own engine works at home.' };
  return {
    id: 'inference.models',
    layer: 'inference',
    status: 'ok',
    says: `The cloud offers ${cloud.models.join(', ') || 'no model'}; our own engine works at home.`,
  };
}

function checkJournal(store: Store): Check {
  const { changes, images, bytes, maxBytes, oldest, unsettled } = journalUsage(store);
  const since = oldest === null ? '' : `, the oldest of ${new Date(oldest).toISOString().slice(0, 10)}`;
  const says = `${changes} ${changes === 1 ? 'change' : 'changes'} can be undone${since}; ${images} old ${images === 1 ? 'version takes' : 'versions take'} up ${readableSize(bytes)} of ${readableSize(maxBytes)}, kept for ${KEEP_MS / 86_400_000} days.`;
  if (unsettled > 0)
    return {
      id: 'gate.journal',
      layer: 'gate',
      status: 'warn',
      says: `${says} ${unsettled} could not be settled after a crash.`,
      next: 'Grant the folder again that they are in, then: headgate stop',
    };
  if (bytes > maxBytes * 0.9)
    return {
      id: 'gate.journal',
      layer: 'gate',
      status: 'warn',
      says,
      next: 'The oldest versions will go next; a large file may be refused.',
    };
  return { id: 'gate.journal', layer: 'gate', status: 'ok', says };
}
