// Which layer is down, if any, and what the person can do next: one table, from the nearest layer outwards. Pure.
import type { ErrorCode } from '../../../shared/errors.ts';
import type { MessageKey } from '../../i18n.ts';
import type { Snapshot } from '../../screen-protocol.ts';
import { terminalCommand } from './terminal-call.ts';

export type Layer = 'page' | 'host' | 'cloud';
export type Lamp = 'ok' | 'busy' | 'warn' | 'down' | 'off';
export type Step = 'retry' | 'pair' | 'choose';

export interface Trouble {
  layer: Layer;
  /** `down` stops work; `warn` leaves work that goes on. */
  lamp: 'down' | 'warn';
  title: MessageKey;
  text: MessageKey;
  /** For a terminal, to be copied. */
  command?: string;
  step?: Step;
  /** What the host itself says about it. */
  detail?: string | undefined;
}

const DOWN: Partial<Record<ErrorCode, Omit<Trouble, 'layer' | 'lamp'>>> = {
  host_missing: { title: 'trouble_host_missing', text: 'trouble_host_missing_text', command: 'npx headgate install', step: 'retry' },
  host_forbidden: { title: 'trouble_host_forbidden', text: 'trouble_host_forbidden_text', command: 'npx headgate install', step: 'retry' },
  version_mismatch: {
    title: 'trouble_version_mismatch',
    text: 'trouble_version_mismatch_text',
    command: 'npx headgate install',
    step: 'retry',
  },
  agent_down: { title: 'trouble_agent_down', text: 'trouble_agent_down_text', command: 'npx headgate doctor', step: 'retry' },
  host_crashed: { title: 'trouble_host_crashed', text: 'trouble_host_crashed_text', command: 'npx headgate doctor', step: 'retry' },
};
const OTHER_DOWN = {
  title: 'trouble_host_crashed',
  text: 'trouble_host_crashed_text',
  command: 'npx headgate doctor',
  step: 'retry',
} as const;

export function findTrouble({ host, status, grants }: Snapshot): Trouble | null {
  const code = host.state === 'down' ? host.code : host.state === 'connecting' ? host.after : undefined;
  if (code !== undefined) return { layer: 'host', lamp: 'down', ...(DOWN[code] ?? OTHER_DOWN) };
  if (host.state === 'connecting' || status === null) return null;
  const damaged = status.grants.problem;
  if (damaged !== undefined)
    return {
      layer: 'host',
      lamp: 'down',
      title: 'trouble_grants',
      text: 'trouble_grants_text',
      command: terminalCommand(status, 'doctor'),
      step: 'retry',
      detail: damaged.message,
    };
  const { state, problem } = status.cloud;
  if (state === 'unpaired') return { layer: 'cloud', lamp: 'warn', title: 'trouble_unpaired', text: 'trouble_unpaired_text', step: 'pair' };
  if (state === 'refused')
    return { layer: 'cloud', lamp: 'down', title: 'trouble_refused', text: 'trouble_refused_text', step: 'pair', detail: problem?.message };
  if (state === 'away')
    return { layer: 'cloud', lamp: 'warn', title: 'trouble_away', text: 'trouble_away_text', step: 'retry', detail: problem?.message };
  if (grants !== null && grants.length === 0)
    return { layer: 'host', lamp: 'warn', title: 'trouble_no_folder', text: 'trouble_no_folder_text', step: 'choose' };
  return null;
}

export type PageState = 'ready' | 'closed' | 'unknown';

export interface Lamps {
  page: { lamp: Lamp; says: MessageKey };
  host: { lamp: Lamp; says: MessageKey };
  cloud: { lamp: Lamp; says: MessageKey };
}

/** The three lamps; a layer behind one that is down cannot be seen and is `off`. */
export function lampsFor(snapshot: Snapshot, page: PageState): Lamps {
  const { host, status, grants } = snapshot;
  const damaged = status?.grants.problem !== undefined;
  return {
    page:
      page === 'closed'
        ? { lamp: 'off', says: 'lamp_page_closed' }
        : { lamp: 'ok', says: page === 'ready' ? 'lamp_page_ready' : 'lamp_page_browser' },
    host:
      host.state === 'down'
        ? { lamp: 'down', says: hostDownWord(host.code) }
        : host.state === 'connecting' || status === null
          ? { lamp: 'busy', says: 'lamp_connecting' }
          : damaged
            ? { lamp: 'down', says: 'lamp_host_damaged' }
            : grants?.length === 0
              ? { lamp: 'warn', says: 'lamp_host_no_folder' }
              : { lamp: 'ok', says: 'lamp_host_ready' },
    cloud: host.state === 'ready' && status !== null ? CLOUD_LAMPS[status.cloud.state] : { lamp: 'off', says: 'lamp_unknown' },
  };
}

const CLOUD_LAMPS: Record<NonNullable<Snapshot['status']>['cloud']['state'], { lamp: Lamp; says: MessageKey }> = {
  connected: { lamp: 'ok', says: 'lamp_cloud_connected' },
  connecting: { lamp: 'busy', says: 'lamp_connecting' },
  away: { lamp: 'warn', says: 'lamp_cloud_away' },
  unpaired: { lamp: 'warn', says: 'lamp_cloud_unpaired' },
  refused: { lamp: 'down', says: 'lamp_cloud_refused' },
};

const HOST_WORDS: Partial<Record<ErrorCode, MessageKey>> = {
  host_missing: 'lamp_host_missing',
  host_forbidden: 'lamp_host_forbidden',
  version_mismatch: 'lamp_host_version',
};

function hostDownWord(code: ErrorCode): MessageKey {
  return HOST_WORDS[code] ?? 'lamp_host_down';
}
