// One allowed command: its line, and in words what it may. Only a terminal allows one; here it can be taken back.
import type { CommandView } from '../../../shared/gate/commands.ts';
import { t } from '../../i18n.ts';
import { CommandIcon, WarnIcon } from '../look/icons.tsx';
import { Name } from '../look/name.tsx';
import type { Ask } from '../worker.ts';
import { Revoke } from './revoke.tsx';

export function CommandCard({ command, ask }: { command: CommandView; ask: Ask }) {
  const { id, name, display, usage, problem } = command;
  return (
    <li class="card grant" data-grant={id}>
      <h3 id={`name-${id}`}>
        <CommandIcon size={18} />
        <Name>{name}</Name>
      </h3>
      <p class="line">
        <code>
          <Name>{`${display} ${usage}`.trim()}</Name>
        </code>
      </p>
      {problem !== undefined && (
        <p class="note warn">
          <WarnIcon size={15} /> <Name>{problem}</Name>
        </p>
      )}
      <ul class="may">
        {wordsOf(command).map((words) => (
          <li key={words}>
            <Name>{words}</Name>
          </li>
        ))}
      </ul>
      <Revoke id={id} text={t('allowed_revoke_text')} act={() => ask('grants.revoke', { grant: id })} />
    </li>
  );
}

function wordsOf({ folder, write, network, isolation, interpreter, pinned, label }: CommandView): string[] {
  return [
    folder === null ? t('allowed_sees_none') : t(write ? 'allowed_changes' : 'allowed_sees', folder),
    t(network === 'yes' ? 'allowed_network' : 'allowed_no_network'),
    t('allowed_says', t(`label_${label}`)),
    ...(pinned ? [t('allowed_pinned')] : []),
    ...(interpreter ? [t('allowed_interpreter')] : []),
    ...(isolation === 'none-accepted' ? [t('allowed_bare')] : []),
  ];
}
