// The picture: a river of files at home, a gate, and a thin stream to the cloud.
import { t } from '../../i18n.ts';

export function GatePicture() {
  return (
    <svg class="gate-picture" viewBox="0 0 640 190" role="img" aria-label={t('welcome_picture')}>
      <path d="M0 118c40-14 70-14 106 0s70 14 106 0 66-14 98 0v72H0z" fill="var(--water-soft)" />
      <path d="M0 136c40-12 70-12 106 0s70 12 106 0 66-12 98 0v54H0z" fill="var(--river)" opacity=".55" />
      <path d="M330 150c50-7 90 7 150 0s110-7 160 0v8c-50-7-100 7-160 0s-100-7-150 0z" fill="var(--river)" opacity=".55" />
      <g fill="none" stroke="var(--river)" stroke-width="3" stroke-linejoin="round">
        <path d="M52 66 96 32l44 34v40H52z" fill="var(--card)" />
        <path d="M84 106V80h24v26" />
        <path d="M176 52h34l12 12v42h-46z" fill="var(--card)" />
        <path d="M186 74h24M186 84h24M186 94h16" stroke-width="2" />
        <path d="M240 60h26l10 10v36h-36z" fill="var(--card)" />
        <path d="M248 80h18M248 90h18" stroke-width="2" />
        <path d="M504 112a28 28 0 0 1-2-56 40 40 0 0 1 76-6 31 31 0 0 1 2 62z" fill="var(--card)" />
      </g>
      <g fill="var(--gate)">
        <path d="M298 30h64v9h-64zM302 39h8v151h-8zM350 39h8v151h-8zM327 18h6v30h-6z" />
        <path d="M312 66h36v72h-36z" opacity=".9" />
      </g>
      <path d="M314 84h32M314 102h32M314 120h32" stroke="var(--paper)" stroke-width="2" opacity=".6" />
      <g fill="var(--ink)" font-size="15" text-anchor="middle" font-weight="600">
        <text x="96" y="24">{t('layer_host')}</text>
        <text x="228" y="36" font-weight="400">{t('picture_files')}</text>
        <text x="540" y="34">{t('layer_cloud')}</text>
      </g>
    </svg>
  );
}
