import { expect, test } from 'vitest';
import { createHub } from '../../../cloud/agents/hub.ts';
import type { RpcSocket } from '../../../cloud/agents/rpc-socket.ts';
import type { DeviceId } from '../../../shared/ids.ts';
import { CLOSE } from '../../../shared/protocol/agent.ts';

const DEVICE = `d_${'1'.repeat(32)}` as DeviceId;

/** What of a socket the hub uses. */
function socket() {
  const closed: number[] = [];
  const told: string[] = [];
  const rpc: RpcSocket = {
    notify: (method) => void told.push(method),
    close: (code) => void closed.push(code),
    isOpen: () => closed.length === 0,
  };
  return { rpc, closed, told };
}

test('of two sockets of one device the later one stays', () => {
  const hub = createHub([]);
  const [one, two] = [socket(), socket()];
  expect([hub.join(DEVICE, one.rpc), hub.join(DEVICE, two.rpc)]).toEqual([true, true]);
  expect([one.closed, two.closed]).toEqual([[CLOSE.replaced], []]);
  expect([hub.leave(DEVICE, one.rpc), hub.isConnected(DEVICE)]).toEqual([false, true]);
  expect([hub.leave(DEVICE, two.rpc), hub.isConnected(DEVICE)]).toEqual([true, false]);
});

test('a device that is revoked loses its socket, and one that it was just opening does not get in', () => {
  const hub = createHub([]);
  const [open, opening] = [socket(), socket()];
  hub.join(DEVICE, open.rpc);
  hub.revoke(DEVICE);
  expect(open.closed).toEqual([CLOSE.revoked]);
  hub.leave(DEVICE, open.rpc);
  expect([hub.join(DEVICE, opening.rpc), hub.isConnected(DEVICE)]).toEqual([false, false]);
  hub.notify(DEVICE, 'task.cancel', {} as never);
  expect(opening.told).toEqual([]);
});
