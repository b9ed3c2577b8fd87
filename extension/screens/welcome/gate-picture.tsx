// The picture: a page on the bank, the house with its files in the reservoir, the gate, and a thin stream to the cloud.
import { t } from '../../i18n.ts';

export function GatePicture() {
  return (
    <svg class="gate-picture" viewBox="0 0 720 220" role="img" aria-label={t('welcome_picture')}>
      <path d="M236 112c18-8 34-8 52 0s34 8 52 0 34-8 52 0 34 8 56 0v86H210z" fill="var(--water-soft)" />
      <path d="M228 128c18-6 40-6 60 0s34 6 52 0 34-6 52 0 38 6 56 0v70H212z" fill="var(--reservoir)" />
      <path d="M0 122h214c10 0 14 6 16 16l10 44h216v16h264v22H0z" fill="var(--bank)" />
      <path d="M452 182c30-5 50-5 80 0s54 5 84 0 60-5 104 0v16H452z" fill="var(--reservoir)" />
      <g fill="var(--card)" stroke="var(--river)" stroke-width="2.6" stroke-linejoin="round" stroke-linecap="round">
        <path d="M24 58h84v64H24zM24 72h84M32 65h.1M40 65h.1" />
        <path d="M36 84h40M36 94h60M36 104h52" stroke-width="2.2" />
        <path d="M138 78 180 44l42 34v44h-84z" />
        <path d="M168 122V96h24v26" />
        <path d="M264 128h26l10 10v34h-36zM322 122h26l10 10v40h-36zM380 130h26l10 10v32h-36z" />
        <path d="M272 148h18M272 158h18M330 144h18M330 154h18M330 163h10M388 150h18M388 160h18" stroke-width="2" />
        <path d="M570 106a27 27 0 0 1-2-54 40 40 0 0 1 77-6 30 30 0 0 1 2 60z" />
        <path d="M608 168v-44M600 133l8-9 8 9" stroke-width="2.2" stroke-dasharray="1 6" fill="none" />
      </g>
      <path d="M424 44h76v10h-76zM430 54h9v144h-9zM485 54h9v144h-9zM458 28h8v44h-8zM443 72h38v98h-38z" fill="var(--gate)" />
      <path d="M445 92h34M445 112h34M445 132h34M445 152h34" stroke="var(--paper)" stroke-width="2" opacity=".55" />
      <g fill="var(--ink)" font-size="15" text-anchor="middle" font-weight="600">
        <text x="66" y="46">
          {t('layer_page')}
        </text>
        <text x="180" y="32">
          {t('layer_host')}
        </text>
        <text x="340" y="100" font-weight="400">
          {t('picture_files')}
        </text>
        <text x="608" y="84">
          {t('layer_cloud')}
        </text>
      </g>
    </svg>
  );
}
