// The way of every piece of work in one picture: page → this device → cloud, a lamp for each, and a gate before the one
// that lets nothing through.
import type { JSX } from 'preact';
import { t } from '../../i18n.ts';
import { BusyIcon, CloudIcon, DoneIcon, FailIcon, HomeIcon, OffIcon, PageIcon, WarnIcon } from '../look/icons.tsx';
import type { Lamp, Lamps, Layer } from './trouble.ts';

const LAMPS: Record<Lamp, () => JSX.Element> = {
  ok: () => <DoneIcon size={16} />,
  busy: () => <BusyIcon size={16} />,
  warn: () => <WarnIcon size={16} />,
  down: () => <FailIcon size={16} />,
  off: () => <OffIcon size={16} />,
};
const LAYERS = [
  { layer: 'page', name: 'layer_page', Picture: PageIcon },
  { layer: 'host', name: 'layer_host', Picture: HomeIcon },
  { layer: 'cloud', name: 'layer_cloud', Picture: CloudIcon },
] as const satisfies readonly { layer: Layer; name: string; Picture: unknown }[];

export function Channel({ lamps }: { lamps: Lamps }) {
  return (
    <ol class="channel" aria-label={t('channel_label')}>
      {LAYERS.map(({ layer, name, Picture }) => {
        const { lamp, says } = lamps[layer];
        const Shape = LAMPS[lamp];
        return (
          <li key={layer} class="station" data-layer={layer} data-lamp={lamp}>
            <span class="basin">
              <Picture size={22} />
              <span class="lamp" data-lamp={lamp}>
                <Shape />
              </span>
            </span>
            <span class="station-name">{t(name)}</span>
            <span class="station-says">{t(says)}</span>
          </li>
        );
      })}
    </ol>
  );
}
