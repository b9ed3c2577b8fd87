// Heads of the devices' ledgers: the cloud keeps the furthest that each device has signed and hands it back, so that a
// ledger which was cut at home no longer reaches what its own device once said.
import type { DeviceId } from '../../shared/ids.ts';
import { readLedgerHead } from '../auth/device-proof.ts';
import type { Log } from '../log.ts';
import { findLedgerHead, noteLedgerHead } from '../store/devices.ts';
import type { Database } from '../store/tables.ts';

export interface LedgerHeads {
  /** Takes a head with a heartbeat; answers with the furthest one. */
  note(device: DeviceId, signed: string | undefined): Promise<string | undefined>;
}

interface Kept {
  signed: string | null;
  n: number;
}

export function createLedgerHeads(db: Database, log: Log, now: () => number): LedgerHeads {
  const furthest = new Map<DeviceId, Kept>();
  const load = async (device: DeviceId): Promise<Kept> => {
    const known = furthest.get(device);
    if (known !== undefined) return known;
    const { signed, signKey } = await findLedgerHead(db, device);
    const kept = { signed, n: signed === null ? 0 : ((await readLedgerHead(signed, signKey, now()))?.n ?? 0) };
    furthest.set(device, kept);
    return kept;
  };
  return {
    async note(device, signed) {
      const kept = await load(device);
      if (signed !== undefined && signed !== kept.signed) {
        const { signKey } = await findLedgerHead(db, device);
        const head = await readLedgerHead(signed, signKey, now());
        if (head === null) log('warn', 'agent.ledger_head_refused', { device });
        else if (head.n < kept.n) log('warn', 'agent.ledger_cut', { device, had: kept.n, has: head.n });
        else if (head.n > kept.n) {
          await noteLedgerHead(db, device, signed);
          furthest.set(device, { signed, n: head.n });
        }
      }
      return furthest.get(device)?.signed ?? undefined;
    },
  };
}
