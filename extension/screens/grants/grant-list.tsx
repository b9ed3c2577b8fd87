// The granted folders and commands, and how to allow more: in the host's own chooser or in a terminal, never here.
import type { Snapshot } from '../../screen-protocol.ts';
import { t } from '../../i18n.ts';
import { CopyCommand } from '../layers/copy-command.tsx';
import { ActButton } from '../layers/fix-card.tsx';
import { terminalCommand } from '../layers/terminal-call.ts';
import type { Ask } from '../worker.ts';
import { CommandCard } from './command-card.tsx';
import { GrantCard } from './grant-card.tsx';
import { WarrantCard } from './warrant-card.tsx';

export interface GrantListProps {
  snapshot: Pick<Snapshot, 'grants' | 'commands' | 'warrants' | 'status' | 'host'>;
  ask: Ask;
}

export function GrantList({ snapshot, ask }: GrantListProps) {
  const { grants, commands, warrants, status, host } = snapshot;
  return (
    <>
      <p>{t('folders_text')}</p>
      <ul class="grants">
        {grants?.map((grant) => (
          <GrantCard key={grant.id} grant={grant} ask={ask} />
        ))}
      </ul>
      {grants?.length === 0 && <p class="empty muted">{t('folders_none')}</p>}
      {commands.length > 0 && (
        <section class="commands" aria-labelledby="commands-title">
          <h3 id="commands-title">{t('allowed_title')}</h3>
          <p class="muted">{t('allowed_text')}</p>
          <ul class="grants">
            {commands.map((command) => (
              <CommandCard key={command.id} command={command} ask={ask} />
            ))}
          </ul>
        </section>
      )}
      {warrants.length > 0 && (
        <section class="commands" aria-labelledby="warrants-title">
          <h3 id="warrants-title">{t('warrants_title')}</h3>
          <p class="muted">{t('warrants_text')}</p>
          <ul class="grants">
            {warrants.map((warrant) => (
              <WarrantCard key={warrant.id} warrant={warrant} nameOf={(id) => grants?.find((grant) => grant.id === id)?.name} ask={ask} />
            ))}
          </ul>
        </section>
      )}
      {host.state === 'ready' && (
        <div class="widen">
          <h3>{t('widen_title')}</h3>
          <p>{t('widen_text')}</p>
          <div class="answers">
            <ActButton label={t('choose_folder')} act={() => ask('grants.choose', { write: true })} />
          </div>
          <p class="muted">{t('widen_terminal')}</p>
          <CopyCommand command={terminalCommand(status, 'grant ~/Documents:read,write:ask')} />
        </div>
      )}
    </>
  );
}
