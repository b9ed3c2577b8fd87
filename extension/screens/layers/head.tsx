// The head of popup and panel: whose product this is, and which device it speaks of.
import type { ComponentChildren } from 'preact';
import type { HostStatus } from '../../../shared/protocol/native.ts';
import { t } from '../../i18n.ts';
import { Mark } from '../look/icons.tsx';
import { Name } from '../look/name.tsx';

export function Head({ status, children }: { status: HostStatus | null; children?: ComponentChildren }) {
  return (
    <header>
      <h1>
        <Mark />
        {t('extension_name')}
      </h1>
      {status !== null && (
        <span class="device">
          <Name>{status.device.name}</Name>
        </span>
      )}
      {children}
    </header>
  );
}
