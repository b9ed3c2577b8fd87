// Who is connected: at most one live socket a device, and what its heartbeats said. What placement weighs comes from here.
import { CLOSE, type CLOUD_NOTIFICATIONS, type CloudNotification } from '../../shared/protocol/agent.ts';
import type { AGENT_METHODS } from '../../shared/protocol/agent.ts';
import type { ParamsOf } from '../../shared/protocol/rpc.ts';
import type { DeviceId } from '../../shared/ids.ts';
import { UNKNOWN_WORLD, type World } from '../../shared/placement.ts';
import type * as z from 'zod';
import type { RpcSocket } from './rpc-socket.ts';

export type Heartbeat = ParamsOf<typeof AGENT_METHODS, 'agent.heartbeat'>;

export interface Hub {
  /** Closes the older socket of the same device. False for a device that was revoked, be it while its socket was being opened. */
  join(device: DeviceId, socket: RpcSocket): boolean;
  /** True when this was the device's live socket. */
  leave(device: DeviceId, socket: RpcSocket): boolean;
  beat(device: DeviceId, heartbeat: Heartbeat): void;
  isConnected(device: DeviceId): boolean;
  notify<Name extends CloudNotification>(device: DeviceId, name: Name, params: z.infer<(typeof CLOUD_NOTIFICATIONS)[Name]>): void;
  revoke(device: DeviceId): void;
  world(device: DeviceId): World;
  closeAll(code: number): void;
}

export function createHub(models: readonly string[]): Hub {
  const sockets = new Map<DeviceId, RpcSocket>();
  const beats = new Map<DeviceId, Heartbeat>();
  /** By this process. Those of earlier ones no greeting gets past. */
  const revoked = new Set<DeviceId>();
  return {
    join(device, socket) {
      if (revoked.has(device)) return false;
      sockets.get(device)?.close(CLOSE.replaced, 'the device connected again');
      sockets.set(device, socket);
      return true;
    },
    leave(device, socket) {
      if (sockets.get(device) !== socket) return false;
      sockets.delete(device);
      beats.delete(device);
      return true;
    },
    beat: (device, heartbeat) => void beats.set(device, heartbeat),
    isConnected: (device) => sockets.has(device),
    notify: (device, name, params) => sockets.get(device)?.notify(name, params),
    revoke(device) {
      revoked.add(device);
      sockets.get(device)?.close(CLOSE.revoked, 'the device was revoked');
    },
    world: (device) => worldOf(models, beats.get(device)),
    closeAll: (code) => {
      for (const socket of sockets.values()) socket.close(code, 'the cloud is stopping');
    },
  };
}

/** The cloud sees itself as reachable: a task that a device cannot fetch now waits for it. */
function worldOf(models: readonly string[], beat: Heartbeat | undefined): World {
  const { cloud, device } = UNKNOWN_WORLD;
  return {
    cloud: {
      ...cloud,
      connected: true,
      models,
      roundTripMs: beat?.roundTripMs ?? cloud.roundTripMs,
      bytesPerMs: beat?.bytesPerMs ?? cloud.bytesPerMs,
    },
    device: beat === undefined ? device : { onBattery: beat.onBattery, load: beat.load, queueMs: beat.queueMs, speed: beat.speed },
  };
}
