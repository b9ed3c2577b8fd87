// Where something ran, as a small picture with its word.
import { t } from '../../i18n.ts';
import { CloudIcon, HomeIcon } from '../look/icons.tsx';

export function WhereMark({ where }: { where: 'home' | 'cloud' }) {
  return (
    <span class="where" data-where={where} title={t(where === 'home' ? 'where_home' : 'where_cloud')}>
      {where === 'home' ? <HomeIcon size={14} label={t('where_home')} /> : <CloudIcon size={14} label={t('where_cloud')} />}
    </span>
  );
}
