// A command for the terminal with a button that copies it.
import { useState } from 'preact/hooks';
import { t } from '../../i18n.ts';
import { CopyIcon } from '../look/icons.tsx';

export function CopyCommand({ command }: { command: string }) {
  const [copied, setCopied] = useState(false);
  const copy = () =>
    navigator.clipboard.writeText(command).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  return (
    <div class="command">
      <code>{command}</code>
      <button type="button" class="quiet" onClick={() => void copy()} aria-label={t('copy_command', command)}>
        <CopyIcon size={16} />
        <span role="status">{copied ? t('copied') : t('copy')}</span>
      </button>
    </div>
  );
}
