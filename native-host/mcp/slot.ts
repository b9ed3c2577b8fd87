// Where one MCP server keeps its journal and its ledger: a folder under HEADGATE_HOME/mcp/ named for its grants, so that
// the same configuration finds its changes again after a restart, and no other client undoes them. The store in it belongs
// to one process alone, and with it the folder; a second server with the same grants takes the next number.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { HeadgateError } from '../../shared/errors.ts';
import type { Grant } from '../../shared/gate/grants.ts';
import { openStore, type Store } from '../state/database.ts';

const MAX_SERVERS = 16;
export const SLOT_NAME = /^[0-9a-f]{16}-\d{1,2}$/;

export interface Slot {
  folder: string;
  store: Store;
}

export function mcpFolder(home: string): string {
  return join(home, 'mcp');
}

/** Opens the first free folder for these grants. Throws `already_running` when all are taken. */
export function openSlot(home: string, grants: readonly Grant[]): Slot {
  const folders = grants.map(({ folder }) => folder).sort();
  const name = createHash('sha256').update(JSON.stringify(folders)).digest('hex').slice(0, 16);
  for (let number = 1; ; number += 1) {
    const folder = join(mcpFolder(home), `${name}-${number}`);
    try {
      return { folder, store: openStore(folder) };
    } catch (thrown) {
      const taken = thrown instanceof HeadgateError && thrown.code === 'already_running';
      if (!taken || number >= MAX_SERVERS) throw thrown;
    }
  }
}
